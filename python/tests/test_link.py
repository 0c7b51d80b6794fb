"""A worker with a server that means it no good."""

import threading
import unittest
from concurrent import futures

import grpc

import cordee
from cordee import messages
from cordee.text import identifier, printable
from tests.test_parts import JOB

STEERING = "a\x1b[31mb\r\n c\u202e" + "d" * 3000
SHOWN = "a_[31mb c_" + "d" * 988


class TextTest(unittest.TestCase):
    def test_what_steers_a_terminal_is_not_shown(self):
        self.assertEqual(printable("a\x1b[31mb\r\n c\u202e\t\0d\u2028\x85", 100), "a_[31mb c_ _d__")
        self.assertEqual(printable("caf\xe9 \u732b \U0001f9d7", 100), "caf\xe9 \u732b \U0001f9d7")

    def test_long_texts_are_cut(self):
        self.assertEqual(printable("abcdef", 3), "abc")
        self.assertEqual(len(printable("x" * 5000)), 1000)

    def test_identifiers_are_of_letters_digits_and_a_few_marks(self):
        self.assertEqual(identifier("host-7:12@a.b/c\x1b\xe9"), "host-7:12@a.b_c__")
        self.assertEqual(len(identifier("x" * 100)), 64)


class Server(grpc.GenericRpcHandler):
    """Answers hello as it is told."""

    def __init__(self, *answers):
        self._answers = answers

    def service(self, details):
        if details.method != messages.TRAIN:
            return grpc.unary_unary_rpc_method_handler(lambda request, context: b"")
        return grpc.stream_stream_rpc_method_handler(
            self._train, messages.WorkerMessage.FromString, messages.ServerMessage.SerializeToString
        )

    def _train(self, incoming, context):
        next(incoming)
        for answer in self._answers:
            if isinstance(answer, str):
                context.abort(grpc.StatusCode.PERMISSION_DENIED, answer)
            yield messages.ServerMessage(**answer)
        for _ in incoming:
            pass


class OutsideTest(unittest.TestCase):
    def work(self, *answers):
        server = grpc.server(futures.ThreadPoolExecutor(2))
        server.add_generic_rpc_handlers([Server(*answers)])
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        self.addCleanup(server.stop, None)
        with self.assertLogs("cordee", "INFO") as log:
            end = cordee.work(f"127.0.0.1:{port}", gradient=len, rows=100, wait=0)
        return end, "\n".join(log.output)

    def test_a_refusal_is_shown_without_what_steers_a_terminal_and_cut(self):
        end, said = self.work(STEERING)
        self.assertEqual(end.message.partition("refused this worker: ")[2], SHOWN)
        self.assertTrue(said.endswith("refused this worker: " + SHOWN))

    def test_so_are_the_end_of_the_job_and_names(self):
        job = JOB.replace('"1"', '"\\e[31m' + "n" * 3000 + '"', 1)
        welcome = {"name": STEERING, "job": job}
        end, said = self.work({"welcome": welcome}, {"finished": {"completed": True, "message": STEERING}})
        self.assertEqual((end.how, end.message), ("completed", SHOWN))
        self.assertIn("the job is over: " + SHOWN + "\n", said + "\n")
        self.assertIn("job _[31m" + "n" * 995 + " as a__31mb___c_" + "d" * 51, said)

    def test_so_is_a_failure_that_quotes_the_job(self):
        name = '"\\e[31m' + "i" * 990 + '"'
        job = JOB.replace("data: {", f"data: {{ids: {{{name}: {{hash: 8, dim: 2}}}}, ")
        _, said = self.work({"welcome": {"name": "a", "job": job}}, {"finished": {"message": "over"}})
        failure = "rows: expected ids of _[31m" + "i" * 990
        self.assertIn(f":{failure[:1000]}\n", said)
