"""The parts of the package, each by itself."""

import contextlib
import enum
import fractions
import functools
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

import numpy as np
import yaml

import cordee
from cordee.folders import temporary_folder
from cordee.forkserver import ForkLoop
from cordee.function import Function, Worker
from cordee.gradient import Calls
from cordee.packing import pack, unpack
from cordee.parameters import Layout, Parameters
from cordee.problem import Problem
from cordee.rows import Rows
from cordee.run_folder import plain


class PlainTest(unittest.TestCase):
    def test_numbers_of_any_kind_become_those_of_yaml(self):
        given = {
            np.str_("text"): np.str_("a"),
            "flags": [np.bool_(True), True],
            "whole": (np.int64(5), np.uint8(5), enum.IntEnum("Choice", {"SEVEN": 7}).SEVEN),
            "real": [np.float64(0.1), np.float32(0.5), fractions.Fraction(1, 4)],
            "array": np.arange(2),
        }
        expected = {"text": "a", "flags": [True] * 2, "whole": [5, 5, 7], "real": [0.1, 0.5, 0.25], "array": [0, 1]}
        self.assertEqual(yaml.safe_load(yaml.safe_dump(plain(given))), expected)

    def test_what_is_no_number_is_refused(self):
        with self.assertRaisesRegex(TypeError, "found 1j, a complex"):
            plain([1j])


class RowsTest(unittest.TestCase):
    def test_kinds_of_rows(self):
        arrays = Rows((np.arange(6).reshape(3, 2), np.array([7, 8, 9])), "rows")
        self.assertEqual([part.tolist() for part in arrays.at(np.array([2, 0]))], [[[4, 5], [0, 1]], [9, 7]])
        self.assertEqual(Rows(10, "rows").between(3, 5).tolist(), [3, 4])
        self.assertEqual(Rows(["a", "b", "c"], "rows").at(np.array([2, 1])), ["c", "b"])
        with self.assertRaisesRegex(ValueError, "equal length"):
            Rows((np.zeros(3), np.zeros(4)), "rows")

    def test_checksums_tell_rows_apart(self):
        features, labels = np.zeros((3, 2), np.float32), np.array([7, 8, 9])
        same = Rows((features.copy(), labels.astype(np.int8)), "rows").checksum(0, 3)
        self.assertEqual(Rows((features, labels), "rows").checksum(0, 3), same)
        self.assertNotEqual(Rows((features, labels[::-1]), "rows").checksum(0, 3), same)
        self.assertNotEqual(Rows((features + 1, labels), "rows").checksum(0, 3), same)
        self.assertNotEqual(Rows((features, labels), "rows").checksum(0, 2), same)
        self.assertNotEqual(Rows([object()] * 3, "rows").checksum(0, 3), 0)

    def test_ids_are_cells_of_a_table(self):
        rows = Rows(cordee.WithIds(3, {"user": np.array([7, 8, 9]), "words": [["a", "b"], [], "c d"]}), "rows")
        self.assertEqual(list(rows.cells("user", "", 1, 3)), ["8", "9"])
        self.assertEqual(list(rows.cells("words", " | ", 0, 3)), ["a | b", "", "c d"])
        for column, separator, says in (
            ("place", "", "expected ids of place, as in the job's data.ids; found user, words"),
            ("words", "", "expected one for each row, as data.ids.words has no split; found 2"),
            ("words", " ", "nor ' ' where that separates ids; found 'c d'"),
        ):
            with self.subTest(says), self.assertRaisesRegex(Problem, says):
                list(rows.cells(column, separator, 0, 3))
        with self.assertRaisesRegex(Problem, "expected texts or whole numbers; found 0.5"):
            list(Rows(cordee.WithIds(1, {"user": [0.5]}), "rows").cells("user", "", 0, 1))
        with self.assertRaisesRegex(ValueError, "equal length; found lengths \\[2, 3\\]"):
            Rows(cordee.WithIds(3, {"user": [1, 2]}), "rows")


class PackingTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        np.save(self.folder / "x.npy", np.arange(600.0).reshape(100, 6))

    def sent(self, given):
        """Returns an object as a function process has it, and how many bytes were written for it."""
        pack(self.folder, {"given": given})
        return unpack(self.folder)["given"], (self.folder / "values").stat().st_size

    def test_arrays_in_files_stay_there(self):
        for mode in ("r", "r+"):
            array = np.load(self.folder / "x.npy", mmap_mode=mode)
            for part in (array, array[20:30], array[20:][5:9], array[3], array.reshape(-1)[7:]):
                found, size = self.sent(part)
                self.assertEqual((type(found), size), (np.memmap, 0))
                np.testing.assert_array_equal(found, part)
                self.assertFalse(found.flags.writeable)
        for part in (array[:, :3], array[::2], array.T):
            found, size = self.sent(part)
            self.assertEqual(size, -(-part.nbytes // 64) * 64)
            np.testing.assert_array_equal(found, part)

    def test_changes_of_arrays_in_files_are_sent(self):
        for mode in ("r+", "c"):
            array = np.load(self.folder / "x.npy", mmap_mode=mode)
            array[2] = -7
            found, size = self.sent(array)
            self.assertEqual(size, 0 if mode == "r+" else 4800)
            np.testing.assert_array_equal(found, array)
        made = np.memmap(self.folder / "made", np.int64, "w+", shape=(50,))
        made[:] = np.arange(50)
        found, size = self.sent(made)
        self.assertEqual((found.tolist(), size), (list(range(50)), 0))
        (self.folder / "made").unlink()
        self.assertEqual(self.sent(made)[0].tolist(), list(range(50)))

    def test_the_part_that_cannot_be_sent_is_named(self):
        class Object:
            def __init__(self, **parts):
                vars(self).update(parts)

            def method(self):
                pass

        def function(first, second=None):
            return lock

        lock = threading.Lock()
        cyclic = Object(before=[1])
        cyclic.before.append(cyclic)
        cyclic.lock = lock
        for given, name in (
            (Object(a={"b": [1, (2, lock)]}), "given.a.b.1.1"),
            (functools.partial(max, 1, lock), "given.1"),
            (functools.partial(isinstance, 1, lock), "given.class_or_tuple"),
            (functools.partial(function), "given.func.lock"),
            (functools.partial(Object, lock=lock), "given.parts.lock"),
            (Object(lock=lock).method, "given.lock"),
            (cyclic, "given.lock"),
        ):
            says = f"^{name} cannot be sent to the processes that compute: TypeError: .*lock"
            with self.subTest(name), self.assertRaisesRegex(Problem, says):
                pack(self.folder, {"given": given})
        with self.assertRaisesRegex(Problem, "^part.lock cannot be sent"):
            pack(self.folder, {"given": [cyclic]}, {"other": 5, "part": cyclic})


class FileTest(unittest.TestCase):
    def test_tensors_come_back(self):
        tensors = {"b": np.arange(6, dtype=np.float32).reshape(2, 3), "a": np.float32(7)}
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "init.safetensors"
            cordee.save(file, tensors)
            self.assertEqual(int.from_bytes(file.read_bytes()[:8], "little") % 8, 0)
            loaded = cordee.load(file)
        self.assertEqual(
            {name: array.tolist() for name, array in loaded.items()}, {"b": [[0, 1, 2], [3, 4, 5]], "a": 7}
        )
        self.assertEqual(list(loaded), ["b", "a"])


class FolderTest(unittest.TestCase):
    def test_what_a_killed_process_has_left_is_removed_by_the_next(self):
        with tempfile.TemporaryDirectory() as place:
            program = "import cordee.folders, sys\nwith cordee.folders.temporary_folder() as f: print(f, flush=True); sys.stdin.read()"
            environment = {**os.environ, "TMPDIR": place, "PYTHONPATH": os.pathsep.join(sys.path)}

            def start():
                return subprocess.Popen(
                    [sys.executable, "-c", program],
                    env=environment,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )

            with start() as killed:
                left = killed.stdout.readline().strip()
                killed.kill()
            with start() as first, start() as second:
                folders = {process.stdout.readline().strip() for process in (first, second)}
                self.assertEqual({str(path) for path in Path(place).iterdir()}, folders)
                self.assertNotIn(left, folders)
            self.assertEqual(list(Path(place).iterdir()), [])


    def test_a_process_that_was_forked_leaves_its_parents_folder(self):
        process = None
        with contextlib.suppress(KeyError), temporary_folder() as folder:
            process = os.fork()
            if process == 0:
                raise KeyError("leaves the block")
            os.waitpid(process, 0)
            self.assertTrue((folder / "alive").exists())
        if process == 0:
            os._exit(0)
        self.assertFalse(folder.exists())


class WorkerTest(unittest.TestCase):
    """A function process beside a worker that this test plays."""

    def failure(self, message):
        """Returns what the worker reads of a function that fails by a message."""

        def fail(parameters, rows):
            raise Problem(message)

        with temporary_folder() as folder, socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(folder / "socket"))
            listening.listen()
            worker = Worker(str(folder / "socket"), Function(fail, None, {"train": 10}, "none"))
            serving = threading.Thread(target=worker.serve)
            serving.start()
            connection, _ = listening.accept()
            with connection, connection.makefile("rb") as answers:
                for name in ("parameters", "own"):
                    (folder / name).write_bytes(bytes(4096))
                text = f"{folder / 'parameters'}\n{folder / 'own'}\ntensor a\t2\n".encode()
                connection.sendall(struct.pack("<ii4q", 32 + len(text), 2, 2, 0, 0, 1) + text)
                connection.sendall(struct.pack("<ii12q", 96, 4, 1, 4096, 0, 4096, 1, 64, 128, 128, 128, 0, 0, 0))
                for _ in range(3):
                    length, kind = struct.unpack("<ii", answers.read(8))
                    body = answers.read(length)
            serving.join()
        self.assertEqual(8, kind)
        return body

    def test_failures_of_any_length_and_text_are_told(self):
        self.assertEqual(b"no such thing: \xce\xb1", self.failure("no such thing: α"))
        self.assertEqual(b"a file named ?", self.failure("a file named \udcff"))
        self.assertEqual(1 << 16, len(self.failure("long" * (1 << 20))))


class CallsTest(unittest.TestCase):
    LAYOUT = Layout([("a", (2,)), ("b", ())])

    def compute(self, gradient):
        """What a gradient function counts of one row, and its gradient."""
        into = np.empty(3, np.float32)
        parameters = Parameters(self.LAYOUT, np.zeros(3, np.float32))
        return Calls(gradient, None).compute(parameters, None, 1, 0, into), into.tolist()

    def test_what_may_be_returned(self):
        for gradients in ({"b": 3, "a": [1, 2]}, [[1, 2], 3], np.array([1.0, 2, 3]), (np.array([1, 2]), np.float64(3))):
            self.assertEqual(self.compute(lambda parameters, rows: (4, gradients, 1))[1], [1, 2, 3])

    def test_what_may_not(self):
        for result, says in (
            (None, "has to return .* found NoneType"),
            ((1, [[1, 2]]), "gradients of 2 tensors; found 1"),
            ((1, [[1, 2], [3]]), r"gradient of b of shape \[\]; found one of shape \[1\]"),
            ((1, {"a": [1, 2]}), "found none of b"),
            ((1, {"a": [1, 2], "b": 3, "c": 4}), "found one of c"),
            ((1, [[1, 2], None]), "gradient of b is no array of real numbers; found NoneType"),
            ((1, [[1, 2], 3], 2), "of 1 rows, 0 to 1 are correct"),
        ):
            with self.subTest(says), self.assertRaisesRegex(Problem, says):
                self.compute(lambda parameters, rows: result)

    def test_what_is_not_counted(self):
        for numbers, correct, within in (((), -1, -1), ((0,), 0, -1), ((1, 1), 1, 1)):
            counts, _ = self.compute(lambda parameters, rows: (4, [[1, 2], 3], *numbers))
            self.assertEqual((counts.loss, counts.correct, counts.within), (4, correct, within))
        measured = Calls(len, lambda parameters, rows: 4.0).measure(None, None, 1)
        self.assertEqual((measured.loss, measured.correct), (4, -1))

    def test_parameters_cannot_be_written_to(self):
        def writing(parameters, rows):
            parameters["a"][0] = 1

        with self.assertRaisesRegex(Problem, "read-only"):
            self.compute(writing)


class ForkLoopTest(unittest.TestCase):
    def test_a_relay_that_ends_after_its_function_process_was_reaped_is_no_matter(self):
        process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        with process, socket.socket(socket.AF_UNIX) as listening:
            loop = ForkLoop(listening)
            # One wait may tell of both ends: the first callback forgets the process, whose number may be another's by the second.
            loop.hung_up(process.pid)
            self.assertIsNone(process.poll())
            process.communicate(b"\n")
        self.assertEqual(0, process.returncode)
