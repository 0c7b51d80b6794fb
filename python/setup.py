import os
import shutil
import subprocess
import sys

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildPy(build_py):
    """Makes the wire contract's descriptor first."""

    def run(self):
        protoc = "protoc" if shutil.which("protoc") else f"{sys.executable} -m grpc_tools.protoc"
        subprocess.run(["sh", "generate.sh"], check=True, env={**os.environ, "PROTOC": protoc})
        super().run()


setup(cmdclass={"build_py": BuildPy})
