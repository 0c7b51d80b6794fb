"""How a worker connects, and what it shows to its server."""

import ipaddress
import os
import socket
import ssl
from pathlib import Path

import grpc

_OPTIONS = [
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.enable_http_proxy", 0),
    # Each channel connects at once, however long the one before has failed to.
    ("grpc.use_local_subchannel_pool", 1),
    # The largest lease is 3 MiB.
    ("grpc.max_receive_message_length", 4 << 20),
]
_PROBE_SECONDS = 2
_EMPTY_HELLO = bytes([0x16, 3, 1, 0, 4, 1, 0, 0, 0])
_ALERT = 0x15


class Access:
    """Files given by arguments, or else by the variables of the environment that ``cordee worker`` takes."""

    def __init__(self, ca, certificate, key, token, insecure):
        self._ca = _named(ca, "CORDEE_TLS_CA")
        self._certificate = _named(certificate, "CORDEE_TLS_CERT")
        self._key = _named(key, "CORDEE_TLS_KEY")
        if (self._certificate is None) != (self._key is None):
            raise ValueError("certificate and key go together; give both")
        if self._certificate and not self._ca:
            raise ValueError("certificate needs ca: the authority to verify the server with")
        self._insecure = insecure
        self._credentials = self._tls() if self._ca else None
        token = _named(token, "CORDEE_TOKEN_FILE")
        self.metadata = [("authorization", "Bearer " + _token(token))] if token else []

    def _tls(self):
        own = [Path(file).read_bytes() if file else None for file in (self._key, self._certificate)]
        return grpc.ssl_channel_credentials(Path(self._ca).read_bytes(), *own)

    def channel(self, address):
        if self._credentials:
            return grpc.secure_channel(address, self._credentials, _OPTIONS)
        if not self._insecure and not _is_this_machine(address):
            raise ValueError(
                f"{address} is not a loopback address, and plain text can be read and changed in transit; give ca, or "
                f"insecure=True on a network that you trust"
            )
        return grpc.insecure_channel(address, _OPTIONS)

    def obstacle(self, address):
        """Why there is no speaking to this server like this, if TLS is the reason; else None."""
        host, port = _host_and_port(address)
        try:
            with socket.create_connection((host, port), _PROBE_SECONDS) as plain:
                return self._shake_hands(plain, host, address) if self._ca else _expected_tls(plain, address)
        except ssl.SSLError as e:
            why = getattr(e, "verify_message", "") or e.reason or str(e)
            return f"TLS with the server at {address} failed: {why}; do ca, certificate and key fit this server?"
        except OSError:
            return None

    def _shake_hands(self, plain, host, address):
        context = ssl.create_default_context(cafile=self._ca)
        # gRPC is not as strict as Python has become.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        context.set_alpn_protocols(["h2"])
        if self._certificate:
            context.load_cert_chain(self._certificate, self._key)
        with context.wrap_socket(plain, server_hostname=host) as secure:
            # A server that refuses the certificate says so after the handshake.
            secure.recv(1)


def _expected_tls(plain, address):
    """A server that speaks TLS hangs up on plain text without a word, but answers what looks like its own."""
    plain.sendall(_EMPTY_HELLO)
    if plain.recv(1) == bytes([_ALERT]):
        return (
            f"the server at {address} speaks TLS, this side plain text; give ca with the authority of its certificate"
        )
    return None


def _named(file, variable):
    return file or os.environ.get(variable, "").strip() or None


def _token(file):
    text = Path(file).read_text("latin-1").strip()
    if not 16 <= len(text) <= 4096 or not all("!" <= c <= "~" for c in text):
        raise ValueError(
            f"{file}: expected a token, one line of 16 to 4096 visible characters; make one with: openssl rand -hex 32"
        )
    return text


def _host_and_port(address):
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal():
        raise ValueError(f"expected an address as HOST:PORT; found {address!r}")
    return host.strip("[]"), int(port)


def _is_this_machine(address):
    try:
        found = socket.getaddrinfo(*_host_and_port(address))
    except OSError:
        return False
    return all(ipaddress.ip_address(entry[4][0]).is_loopback for entry in found)
