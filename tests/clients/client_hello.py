"""TLS ClientHellos and their JA4, computed apart from the gate's own code.

client_hello.py ja4 FILE...                prints each file's JA4
client_hello.py capture FILE [COMMAND...]  keeps the first ClientHello that a client sends to a port of this machine, and
                                           prints its JA4; {port} in the command is replaced
"""

import hashlib
import socket
import struct
import subprocess
import sys

VERSIONS = {0x304: "13", 0x303: "12", 0x302: "11", 0x301: "10", 0x300: "s3", 2: "s2"}


def join(records):
    """The handshake bytes of all whole records."""
    payload = b""
    while len(records) >= 5:
        kind, _, length = struct.unpack(">BHH", records[:5])
        if kind != 22 or len(records) < 5 + length:
            break
        payload, records = payload + records[5 : 5 + length], records[5 + length :]
    return payload


def hello(records):
    """The ClientHello's body once it is whole."""
    payload = join(records)
    end = 4 + int.from_bytes(payload[1:4], "big")
    return payload[4:end] if len(payload) >= 4 and payload[0] == 1 and len(payload) >= end else None


def numbers(data):
    found = [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2)]
    return [n for n in found if n not in {0x0A0A + 0x1010 * step for step in range(16)}]


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:12] if text else "0" * 12


def ja4(records):
    body = hello(records)
    version, at = int.from_bytes(body[:2], "big"), 34
    at += 1 + body[at]
    size = int.from_bytes(body[at : at + 2], "big")
    ciphers = numbers(body[at + 2 : at + 2 + size])
    at += 2 + size
    at += 1 + body[at]
    extensions, at = {}, at + 2
    while at < len(body):
        kind, size = struct.unpack(">HH", body[at : at + 4])
        extensions[kind] = body[at + 4 : at + 4 + size]
        at += 4 + size
    kinds = [kind for kind in extensions if numbers(kind.to_bytes(2, "big"))]
    if 43 in extensions:
        version = max(numbers(extensions[43][1:]))
    alpn = extensions.get(16, b"")[3:]
    alpn = alpn[: extensions[16][2]] if alpn else b""
    plain = all(chr(byte).isalnum() and byte < 128 for byte in alpn[:1] + alpn[-1:])
    shown = alpn.decode("latin-1") if plain else alpn.hex()
    algorithms = numbers(extensions.get(13, b"")[2:])
    sorted_kinds = ",".join(f"{kind:04x}" for kind in sorted(kinds) if kind not in (0, 16))
    tail = "_" + ",".join(f"{one:04x}" for one in algorithms) if algorithms else ""
    return "".join(
        [
            "t" + VERSIONS.get(version, "00") + ("d" if 0 in extensions else "i"),
            f"{min(len(ciphers), 99):02}{min(len(kinds), 99):02}",
            shown[0] + shown[-1] if shown else "00",
            "_" + digest(",".join(f"{one:04x}" for one in sorted(ciphers))),
            "_" + digest(sorted_kinds and sorted_kinds + tail),
        ]
    )


def capture(file, command):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        words = [word.replace("{port}", str(port)) for word in command]
        client = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            listener.settimeout(60)
            connection, _ = listener.accept()
            with connection:
                records = b""
                while hello(records) is None:
                    piece = connection.recv(65536)
                    if not piece:
                        sys.exit("the client closed before its ClientHello was whole")
                    records += piece
        finally:
            client.kill()
            client.wait()
    with open(file, "wb") as out:
        out.write(records)


if __name__ == "__main__":
    what, *names = sys.argv[1:]
    if what == "capture":
        capture(names[0], names[1:])
        names = names[:1]
    for name in names:
        with open(name, "rb") as file:
            print(ja4(file.read()), name)
