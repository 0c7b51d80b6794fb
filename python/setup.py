import shutil
import subprocess
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

CHECKOUT = Path(__file__).resolve().parent.parent


class BuildPy(build_py):
    """Adds Cordee itself, built if need be: an installation in home/."""

    def run(self):
        super().run()
        # Without a copy, a package that stays in its checkout uses that.
        if not self.editable_mode:
            subprocess.run([CHECKOUT / "cordee", "--version"], check=True, stdout=subprocess.DEVNULL)
            self.install(Path(self.build_lib, "cordee", "home"))

    @staticmethod
    def install(home):
        shutil.rmtree(home, ignore_errors=True)
        built = CHECKOUT / "cli" / "target"
        for folder, files in {
            "bin": [CHECKOUT / "cordee"],
            "lib": [*built.glob("*.jar"), *built.glob("lib/*.jar")],
            "licences": [CHECKOUT / "LICENSE", CHECKOUT / "NOTICE", built / "THIRD-PARTY.txt"],
        }.items():
            (home / folder).mkdir(parents=True)
            for file in files:
                shutil.copy(file, home / folder)


setup(cmdclass={"build_py": BuildPy})
