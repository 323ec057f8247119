"""Replies with arrays of impossible types, sizes and shapes."""

from grader.attacks import insert, take_the_wire

STOCK = "nothing"
ODD = (
    '["O",[1],8]',
    '["V8",[1],8]',
    '["f8",[-1],8]',
    '["f8",[9999999999,9999999999],8]',
    '["f8",[1],-8]',
    '["f8",[0,99999999999],0]',
    '["M8[s]",[1],8]',
    '["(9999999,)f8",[1],8]',
    '["f8,f8",[1],16]',
    '["f8",[[[1]]],8]',
    '[[1],"a",{}]',
)


def cell(text):
    import struct

    text = f'{{"done":[{{"array":{text}}}]}}'.encode()
    frame = struct.pack("!II", len(text), 16) + text + bytes(16)
    wire.end.sendall(frame)


def attack(nb, folder):
    for text in ODD:
        insert(nb, take_the_wire, cell, text=text)
