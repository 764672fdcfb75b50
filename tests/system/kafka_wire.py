"""Asks a broker in its own protocol, byte by byte, with no client library: the truth that lag is compared with.

    kafka_wire.py HOST:PORT lag GROUP TOPIC PARTITIONS   one JSON line: {"0": {"committed", "start", "end", "lso"}, …}
    kafka_wire.py HOST:PORT join GROUP TOPIC             a member of the new group protocol; prints its id
    kafka_wire.py HOST:PORT commit PREFIX FROM TO TOPIC PARTITIONS OFFSET   of the groups PREFIX0000FROM … each, pipelined
    kafka_wire.py HOST:PORT members PREFIX FROM TO TOPIC PARTITIONS         one member each, which holds all partitions
"""
import json
import socket
import struct
import sys


class Broker:
    def __init__(self, address):
        host, port = address.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), 10)

    def ask(self, api, version, body, flexible=False):
        head = struct.pack(">hhih", api, version, 7, 4) + b"wire" + (b"\0" if flexible else b"")
        self.socket.sendall(struct.pack(">i", len(head + body)) + head + body)
        answer = self.read(struct.unpack(">i", self.read(4))[0])
        return answer[5 if flexible else 4:]

    def read(self, size):
        data = b""
        while len(data) < size:
            part = self.socket.recv(size - len(data))
            if not part:
                raise SystemExit("the broker closed the connection")
            data += part
        return data


class Fields:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, form):
        value = struct.unpack_from(">" + form, self.data, self.at)[0]
        self.at += struct.calcsize(">" + form)
        return value

    def string(self, form="h"):
        size = self.take(form)
        self.at += max(size, 0)
        return self.data[self.at - size:self.at].decode() if size > 0 else ""

    def compact(self):
        size = self.take("B") - 1
        self.at += max(size, 0)
        return self.data[self.at - size:self.at].decode() if size > 0 else ""


def text(value):
    return struct.pack(">h", len(value)) + value.encode()


def compact(value):
    return struct.pack(">B", len(value) + 1) + value.encode()


def committed(broker, group):
    answer = Fields(broker.ask(9, 5, text(group) + struct.pack(">i", -1)))  # OffsetFetch v5, all topics
    answer.take("i")
    offsets = {}
    for _ in range(answer.take("i")):
        topic = answer.string()
        for _ in range(answer.take("i")):
            partition, offset = answer.take("i"), answer.take("q")
            answer.take("i"), answer.string()
            if answer.take("h") == 0 and offset >= 0:
                offsets[topic, partition] = offset
    return offsets


def offsets(broker, topic, partitions, time, isolation):
    body = struct.pack(">ibi", -1, isolation, 1) + text(topic) + struct.pack(">i", partitions)
    body += b"".join(struct.pack(">iq", p, time) for p in range(partitions))
    answer = Fields(broker.ask(2, 2, body))  # ListOffsets v2
    answer.take("i"), answer.take("i"), answer.string()
    told = {}
    for _ in range(answer.take("i")):
        partition, fault = answer.take("i"), answer.take("h")
        answer.take("q")
        offset = answer.take("q")
        told[partition] = offset if fault == 0 else None
    return told


def join(broker, group, topic):
    body = compact(group) + compact("") + struct.pack(">i", 0) + b"\0\0" + struct.pack(">i", 60000)
    body += b"\x02" + compact(topic) + b"\0" + b"\x01" + b"\0"  # one topic, no assignor, no partitions owned, no tags
    answer = Fields(broker.ask(68, 0, body, True))  # ConsumerGroupHeartbeat v0
    answer.take("i")
    fault, why = answer.take("h"), answer.compact()
    if fault:
        raise SystemExit(f"refused with {fault}: {why}")
    return answer.compact()


def commit(broker, prefix, first, last, topic, partitions, offset):
    def request(number):
        body = text(f"{prefix}{number:05}") + struct.pack(">i", -1) + text("") + struct.pack(">qi", -1, 1) + text(topic)
        body += struct.pack(">i", partitions)
        body += b"".join(struct.pack(">iq", p, offset) + text("") for p in range(partitions))
        head = struct.pack(">hhih", 8, 2, number, 4) + b"wire"  # OffsetCommit v2
        return struct.pack(">i", len(head + body)) + head + body

    for answer in pipelined(broker, request, range(first, last)):
        answer.take("i"), answer.string(), answer.take("i"), answer.take("i")
        fault = answer.take("h")
        if fault:
            raise SystemExit(f"commit refused with {fault}")


def pipelined(broker, request, numbers):
    """The answers in the order of the requests, past their correlation ids; a hundred are on their way at once."""
    for start in range(0, len(numbers), 100):
        some = numbers[start:start + 100]
        broker.socket.sendall(b"".join(request(n) for n in some))
        for _ in some:
            answer = Fields(broker.read(struct.unpack(">i", broker.read(4))[0]))
            answer.take("i")
            yield answer


def members(broker, prefix, first, last, topic, partitions):
    def request(number, api, version, body):
        head = struct.pack(">hhih", api, version, number, 4) + b"wire"
        return struct.pack(">i", len(head + body)) + head + body

    def data(value):
        return struct.pack(">i", len(value)) + value

    wants = struct.pack(">hi", 0, 1) + text(topic) + struct.pack(">i", -1)
    holds = struct.pack(">hi", 0, 1) + text(topic) + struct.pack(">i", partitions)
    holds += b"".join(struct.pack(">i", p) for p in range(partitions)) + struct.pack(">i", -1)
    half_an_hour = 1800000

    def joining(number):  # JoinGroup v2
        body = text(f"{prefix}{number:05}") + struct.pack(">ii", half_an_hour, half_an_hour) + text("") + text("consumer")
        return request(number, 11, 2, body + struct.pack(">i", 1) + text("range") + data(wants))

    joined = {}
    for number, answer in zip(range(first, last), pipelined(broker, joining, range(first, last))):
        answer.take("i")
        fault = answer.take("h")
        if fault:
            raise SystemExit(f"not joined: {fault}")
        generation = answer.take("i")
        answer.string(), answer.string()
        joined[number] = generation, answer.string()

    def syncing(number):  # SyncGroup v1
        generation, member = joined[number]
        body = text(f"{prefix}{number:05}") + struct.pack(">i", generation) + text(member)
        return request(number, 14, 1, body + struct.pack(">i", 1) + text(member) + data(holds))

    for answer in pipelined(broker, syncing, range(first, last)):
        answer.take("i")
        fault = answer.take("h")
        if fault:
            raise SystemExit(f"not synced: {fault}")


def main():
    broker = Broker(sys.argv[1])
    if sys.argv[2] == "join":
        return print(join(broker, sys.argv[3], sys.argv[4]))
    if sys.argv[2] == "members":
        return members(broker, sys.argv[3], int(sys.argv[4]), int(sys.argv[5]), sys.argv[6], int(sys.argv[7]))
    if sys.argv[2] == "commit":
        first, last = int(sys.argv[4]), int(sys.argv[5])
        return commit(broker, sys.argv[3], first, last, sys.argv[6], int(sys.argv[7]), int(sys.argv[8]))
    group, topic, partitions = sys.argv[3], sys.argv[4], int(sys.argv[5])
    commits = committed(broker, group)
    start = offsets(broker, topic, partitions, -2, 0)
    end = offsets(broker, topic, partitions, -1, 0)
    stable = offsets(broker, topic, partitions, -1, 1)
    rows = {p: {"committed": commits.get((topic, p)), "start": start[p], "end": end[p], "lso": stable[p]} for p in range(partitions)}
    print(json.dumps(rows))


main()
