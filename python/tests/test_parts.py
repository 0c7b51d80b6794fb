"""The parts that a worker is made of, each by itself."""

import enum
import fractions
import os
import socket
import subprocess
import sys
import tempfile
import types
import unittest
from pathlib import Path

import numpy as np
import yaml

import cordee
from cordee import messages, tree, xxh64
from cordee.encoding import Uplink
from cordee.forkserver import ForkLoop
from cordee.gradient import Functions, Sum
from cordee.job import Job, Layout, Parameters
from cordee.problem import Problem
from cordee.replay import replay_of, unpack
from cordee.rows import Rows, Sampler, split_mix_64
from cordee.run_folder import plain
from cordee.vectors import vectors_of

JOB = """
name: "1"
model: {parameters: init.safetensors, tensors: {"1": [2, 3], on: [], bias: [3]}, exact: false}
data: {train: {format: external, name: rows, labels: true}}
rule: {name: irprop+, initial_step: 0.1, min_step: 1.0e-6, max_step: 50, increase: 1.2, decrease: 0.5}
batch: {rows: 5, seed: 7}
partitions: 4
mode: sync
downlink: auto
uplink: bfloat16
"""
SIGN_RULE = """
rule: {name: signsgd, learning_rate: 0.5, schedule: cosine, schedule_rounds: 8, schedule_factor: 0.25, warmup_rounds: 2,
  weight_decay: 0.125, l1: 0, decay: decoupled, decay_biases: "false"}
"""


def job(rule="irprop+", **settings):
    parsed = Job.parse(JOB)
    parsed.rule.update(name=rule, **settings)
    return parsed


class JobTest(unittest.TestCase):
    def test_names_that_look_like_something_else(self):
        parsed = job()
        self.assertEqual(
            [(t.name, t.shape, t.offset) for t in parsed.layout.tensors],
            [("1", (2, 3), 0), ("on", (), 6), ("bias", (3,), 7)],
        )
        self.assertEqual((parsed.name, parsed.layout.parameters, parsed.batch, parsed.batch_seed), ("1", 10, 5, 7))
        self.assertTrue(parsed.sends_signs)
        self.assertFalse(parsed.is_exact or parsed.has_test)

    def test_a_network_of_layers(self):
        parsed = Job.parse(JOB.replace("tensors: {", "other: {").replace("model: {", "model: {layers: [4, 3, 2], "))
        self.assertEqual(
            [t.name for t in parsed.layout.tensors], ["layer1.weight", "layer1.bias", "layer2.weight", "layer2.bias"]
        )
        self.assertEqual(parsed.layout.tensors[2].shape, (2, 3))

    def test_local_steps(self):
        parsed = Job.parse(JOB + "local: {steps: 3, batch: 2, rule: {name: gd}}")
        self.assertEqual((parsed.local.steps, parsed.local.batch, parsed.local.rule["name"]), (3, 2, "gd"))
        sampler = Sampler(None, 1, 20, 2, each=2)
        steps = [sampler.indices(1, step).tolist() for step in range(5)]
        self.assertEqual(sorted(sum(steps, [])), list(range(10)))

    def test_another_version_of_the_job(self):
        with self.assertRaisesRegex(Problem, "not understood.*run the same version"):
            Job.parse("name: a")


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


class GenerateTest(unittest.TestCase):
    def test_a_missing_compiler_is_told_with_its_package(self):
        script = Path(__file__).parents[1] / "generate.sh"
        environment = {**os.environ, "PROTOC": "no-such-protoc"}
        ended = subprocess.run(["sh", script], env=environment, capture_output=True, text=True)
        self.assertEqual(ended.returncode, 1)
        self.assertIn("no-such-protoc not found; install Debian's protobuf-compiler", ended.stderr)


class Text(str):
    def plus(self, right):
        return Text(f"({self}+{right})")


class TreeTest(unittest.TestCase):
    def test_a_node_gives_the_larger_half_to_the_left(self):
        self.assertEqual([tree.leaf(partition, 5) for partition in range(5)], [8, 9, 5, 6, 7])

    def test_maximal_nodes(self):
        self.assertEqual(tree.maximal_nodes(range(5), 5), [1])
        self.assertEqual(tree.maximal_nodes([0, 1, 2], 5), [2])
        self.assertEqual(tree.maximal_nodes([1, 2, 3], 5), [9, 5, 6])

    def test_a_sum_does_not_depend_on_the_order(self):
        for order in ([0, 1, 2, 4, 3], [4, 3, 2, 1, 0], [2, 0, 4, 1, 3]):
            reduction = tree.Reduction(range(5), 5)
            sums = [reduction.offer(partition, Text(partition)) for partition in order]
            self.assertEqual(sums, [None] * 4 + [(1, "(((0+1)+2)+(3+4))")])


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

    def test_an_epoch_has_every_row_once(self):
        sampler = Sampler(batch=9, seed=1, rows=20, partitions=2)
        self.assertEqual([len(sampler.indices(partition, 0)) for partition in (0, 1)], [4, 5])
        epoch = np.concatenate([sampler.indices(1, version) for version in (2, 3)])
        self.assertEqual(sorted(epoch), list(range(10)))
        self.assertNotEqual(list(epoch), sorted(epoch))

    def test_random_numbers(self):
        # Of Vigna's splitmix64.c, from 1234567 on.
        draw = split_mix_64(1234567)
        self.assertEqual(
            [next(draw) for _ in range(3)], [6457827717110365317, 3203168211198807973, 9817491932198370423]
        )


class ChecksumTest(unittest.TestCase):
    def test_the_values_of_its_specification(self):
        for text, value in {
            "": 0xEF46DB3751D8E999,
            "a": 0xD24EC4F1A98C6E5B,
            "abc": 0x44BC2CF5AD770999,
            "Nobody inspects the spammish repetition": 0xFBCEA83C8A378BF1,
        }.items():
            self.assertEqual(xxh64.plain(text.encode()), value)


def by_hand(rule, rounds, losses_rose, kept):
    """One parameter by the formulas of docs/rules.md, in float32: weights after each of these signs."""
    f = np.float32
    now = before = f(1)
    step, previous = f(0.1), 0
    path = []
    for sign, rose in zip(rounds, losses_rose):
        is_flip = sign * previous < 0
        if sign * previous > 0:
            step = min(f(1.2) * step, f(50))
        elif is_flip:
            step = max(f(0.5) * step, f(1e-6))
        if not is_flip:
            after, remembered = now - f(sign) * step, sign
        elif rule == "rprop":
            after, remembered = before - f(previous) * step, sign if kept else 0
        elif rule == "rprop-":
            after, remembered = now - f(sign) * step, sign
        else:
            is_back = rule == "rprop+" or rule == "irprop+" and rose
            after, remembered = before if is_back else now, 0
        before, now, previous = now, after, remembered
        path.append(now)
    return path


class ReplayTest(unittest.TestCase):
    def test_the_rprop_family(self):
        random = np.random.default_rng(1)
        signs = random.integers(-1, 2, (40, 200))
        rose = random.integers(0, 2, 40).astype(bool)
        for rule, kept in [
            ("rprop", False),
            ("rprop", True),
            ("rprop+", False),
            ("rprop-", False),
            ("irprop+", False),
            ("irprop-", False),
        ]:
            with self.subTest(rule, kept=kept):
                replay = replay_of(job(rule, after_flip="keep" if kept else "freeze"))
                now = before = np.ones(200, np.float32)
                slots = [np.full(200, 0.1, np.float32), np.zeros(200, np.float32)]
                path = []
                for number in range(40):
                    sign = signs[number].astype(np.float32)
                    after, slots = replay.next(number + 1, rose[number], sign, now, before, slots, slice(0, 200))
                    before, now = now, after
                    path.append(now)
                expected = np.array([by_hand(rule, column, rose, kept) for column in signs.T]).T
                np.testing.assert_array_equal(np.array(path), expected)

    def test_a_schedule_and_decoupled_decay(self):
        parsed = Job.parse(JOB.replace(JOB[JOB.index("rule:") : JOB.index("batch:")], SIGN_RULE))
        replay = replay_of(parsed)
        weights = np.full(10, 8, np.float32)
        rates = {1: 0.25, 2: 0.5, 3: 0.5, 7: 0.5 * 0.625, 11: 0.125, 50: 0.125}
        for version, rate in rates.items():
            after, _ = replay.next(version, False, np.ones(10, np.float32), weights, weights, [], slice(0, 10))
            np.testing.assert_array_equal(after, np.float32([8 - rate - rate * 0.125 * 8] * 6 + [8 - rate] * 4))

    def test_signs(self):
        self.assertEqual(unpack(bytes([0b00_11_01_00, 0b01]), 5).tolist(), [0, 1, -1, 0, 1])
        for data, count in ((bytes([0b10]), 4), (bytes([0b0100]), 1), (bytes(2), 4)):
            with self.assertRaises(Problem):
                unpack(data, count)


class ChunksTest(unittest.TestCase):
    """Three chunks, the last shorter, of a vector of 600."""

    def vectors(self, rule):
        text = JOB.replace(JOB[JOB.index("rule:") : JOB.index("batch:")], f"rule: {rule}\n")
        parsed = Job.parse(text.replace('{"1": [2, 3], on: [], bias: [3]}', "{a: [600]}"))
        return vectors_of(parsed, parsed.layout)

    def test_a_chunk_is_a_sixteenth_within_its_bounds(self):
        for parameters, length, chunks in (
            (2_410, 256, 10),
            (4_097, 512, 9),
            (101_770, 6_400, 16),
            (1_048_577, 65_536, 17),
        ):
            layout = Layout([("a", (parameters,))])
            self.assertEqual((layout.chunk(0).stop, layout.chunks), (length, chunks))
            self.assertEqual(layout.chunk(chunks - 1).stop, parameters)
            self.assertEqual(layout.chunks_per_message, 65_536 // length)

    def test_neighbours_arrive_in_one_message(self):
        vectors = self.vectors("{name: adam}")
        values = np.arange(600, dtype="<f4")
        self.assertEqual(vectors.put(messages.Parameters(chunk=1, chunks=2, data=values[256:].tobytes())), [])
        self.assertIsNone(vectors.take(0, messages.EVALUATION_POINT))
        vectors.put(messages.Parameters(data=values[:256].tobytes()))
        np.testing.assert_array_equal(vectors.take(0, messages.EVALUATION_POINT).vector, values)

    def test_neighbours_that_cannot_be(self):
        vectors = self.vectors("{name: adam}")
        for chunk, chunks, size in ((0, -1, 0), (0, 4, 2400), (2, 2, 352), (0, 2, 2400), (3, 0, 0), (0, 3, 2396)):
            with self.subTest(chunk=chunk, chunks=chunks), self.assertRaises(Problem):
                vectors.put(messages.Parameters(chunk=chunk, chunks=chunks, data=bytes(size)))

    def test_signs_of_neighbours_are_checked_each_by_itself(self):
        vectors = self.vectors(
            "{name: signsgd, learning_rate: 0.5, schedule: constant, schedule_rounds: 1, schedule_factor: 1, "
            "warmup_rounds: 0, weight_decay: 0, decay: coupled, decay_biases: true}"
        )
        weights = np.arange(600, dtype="<f4")
        ones = [weights[start : start + 256] for start in (0, 256, 512)]

        def checksum(array):
            return xxh64.of_hashes([xxh64.of_array(array, "<f4")])

        for chunk, part in enumerate(ones):
            head = {"chunk": chunk, "kind": messages.STATE, "data": part.tobytes()}
            vectors.put(messages.Parameters(part=0, checksums=[checksum(part)], **head))
            self.assertEqual(vectors.put(messages.Parameters(part=1, **head)), [])
        checksums = [checksum(part - np.float32(0.5)) for part in ones]
        step = {"kind": messages.SIGNS, "chunks": 3, "data": bytes([0b01010101]) * 150}
        self.assertEqual(vectors.put(messages.Parameters(version=1, checksums=checksums, **step)), [])
        np.testing.assert_array_equal(vectors.take(1, messages.EVALUATION_POINT).vector, weights - np.float32(0.5))
        checksums = [checksum(part - np.float32(1)) for part in ones]
        checksums[1] += 1
        self.assertEqual(vectors.put(messages.Parameters(version=2, checksums=checksums, **step)), [1])
        with self.assertRaises(Problem):
            vectors.put(messages.Parameters(version=3, checksums=checksums[:2], **step))


class UplinkTest(unittest.TestCase):
    BYTES = {"float32": 1200, "bfloat16": 600, "int8": 308}

    def test_what_is_rounded_stays(self):
        for name, size in self.BYTES.items():
            with self.subTest(name):
                uplink = Uplink(name)
                values = np.linspace(-3, 5, 300, dtype=np.float32)
                values[256:] *= np.float32(1e-3)
                once = values.copy()
                uplink.round(once)
                again = once.copy()
                uplink.round(again)
                np.testing.assert_array_equal(once, again)
                self.assertEqual(len(uplink.encode(once)), size)
                error = {"float32": 0, "bfloat16": 5 / 256, "int8": 2.6 / 127}[name]
                self.assertLessEqual(np.abs(once - values).max(), error)

    def test_ties_and_the_least_blocks_as_in_java(self):
        tiny = np.float32(2**-126)
        for given, expected in (
            ([127, 2.5, 3.5, -2.5, -0.5], [127, 2, 4, -2, 0]),
            ([127 * tiny, tiny, 0], [127 * tiny, tiny, 0]),
            ([126 * tiny, tiny], [0, 0]),
        ):
            values = np.array(given, np.float32)
            Uplink("int8").round(values)
            self.assertEqual(values.tobytes(), np.array(expected, np.float32).tobytes())

    def test_blocks_of_zeroes_and_of_what_is_not_finite(self):
        values = np.array([0] * 256 + [np.inf], np.float32)
        uplink = Uplink("int8")
        uplink.round(values)
        self.assertTrue(np.isnan(values[256]) and not values[:256].any())
        data = uplink.encode(values)
        self.assertEqual(data[:260], bytes(260))
        self.assertTrue(np.isnan(np.frombuffer(data[260:264], "<f4")[0]))


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


class OneRow:
    """Parts with a single row everywhere."""

    def of_step(self, partition, step):
        return 1, None, []

    def of_slice(self, number):
        return 1, None, []


class FunctionsTest(unittest.TestCase):
    LAYOUT = Layout([("a", (2,)), ("b", ())])
    JOB = types.SimpleNamespace(layout=LAYOUT, local=None, seed=1)

    def sums(self, gradient):
        functions = Functions(self.JOB, OneRow(), gradient, None)
        return functions.partition(0, Parameters(self.LAYOUT, np.zeros(3, np.float32)), 0)

    def test_what_may_be_returned(self):
        expected = [1, 2, 3]
        for gradients in ({"b": 3, "a": [1, 2]}, [[1, 2], 3], np.array([1.0, 2, 3]), (np.array([1, 2]), np.float64(3))):
            self.assertEqual(self.sums(lambda parameters, rows: (4, gradients, 1)).gradients.tolist(), expected)

    def test_what_may_not(self):
        for result, says in (
            (None, "has to return .* found NoneType"),
            ((1, [[1, 2]]), "gradients of 2 tensors; found 1"),
            ((1, [[1, 2], [3]]), r"gradient of b of shape \[\]; found one of shape \[1\]"),
            ((1, {"a": [1, 2]}), "found none of b"),
            ((1, {"a": [1, 2], "b": 3, "c": 4}), "found one of c"),
            ((1, [[1, 2], None]), "gradient of b is no array of real numbers; found NoneType"),
            ((np.inf, [[1, 2], 3]), "the loss is not finite"),
            ((1, [[1, 2], 3], 2), "of 1 rows, 0 to 1 are correct"),
        ):
            with self.subTest(says), self.assertRaisesRegex(Problem, "round 1, partition 0: .*" + says):
                self.sums(lambda parameters, rows: result)

    def test_a_problem_with_rows_is_said_with_the_partition(self):
        def gradient(parameters, rows):
            raise Problem("data: asked for 2 rows")

        with self.assertRaisesRegex(Problem, "^round 1, partition 0: data: asked for 2 rows$"):
            self.sums(gradient)

    def test_what_is_not_counted(self):
        for numbers, correct, within in (((), -1, -1), ((0,), 0, -1), ((1, 1), 1, 1)):
            tally = self.sums(lambda parameters, rows: (4, [[1, 2], 3], *numbers)).tally()
            self.assertEqual((tally.rows, tally.correct, tally.within), (1, correct, within))
        measured = Functions(self.JOB, OneRow(), len, lambda parameters, rows: 4.0).slice(0, None, 0)
        self.assertEqual((measured.loss, measured.correct), (4, -1))

    def test_what_is_not_counted_of_a_part_is_not_counted_of_the_whole(self):
        def sums(rows, correct):
            return Sum(rows, 0.0, correct, 0, np.zeros(3, np.float32))

        for left, right, both in (
            (sums(3, 2), sums(4, 1), 3),
            (sums(3, 2), sums(4, -1), -1),
            (sums(3, -1), sums(4, -1), -1),
            (sums(3, -1), sums(0, 0), -1),
            (sums(0, 0), sums(4, 1), 1),
            (sums(0, -1), sums(4, 1), 1),
        ):
            self.assertEqual(left.plus(right).correct, both)

    def test_parameters_cannot_be_written_to(self):
        def writing(parameters, rows):
            parameters["a"][0] = 1

        with self.assertRaisesRegex(Problem, "read-only"):
            self.sums(writing)


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
