"""A person at a text browser in a terminal, who opens a link, presses, reads the code and types it.

    terminal_person.py BROWSER LINK

Says on stdout what the terminal shows at the end.
"""

import fcntl
import os
import pty
import re
import select
import struct
import sys
import termios
import time

ROWS, COLUMNS, PATIENCE = 40, 100, 30
DOWN = "\x1b[B"
DIGITS = r"these digits:\s+((?:\d ?){4})"

# The command, and the keys that move from the page's top to the button and to the code's field, press, and leave.
BROWSERS = {
    "lynx": {
        "command": ["lynx", "-accept_all_cookies"],
        "press": "\r",
        "code": "{code}{down}\r",
        "leave": "Qy",
    },
    "w3m": {
        "command": ["w3m", "-no-cookie", "-o", "confirm_qq=0"],
        "press": "\t\r",
        "code": "\t\r{code}\r\t\r",
        "leave": "qy",
    },
    "links2": {
        "command": ["links2", "-no-g"],
        "press": "\r",
        "code": "{code}{down}\r",
        "leave": "q\r",
    },
    "elinks": {
        "command": ["elinks", "-no-home", "-eval", "set document.browse.forms.confirm_submit = 0"],
        "press": "\r",
        "code": "\r{code}{down}\r",
        "leave": "q\r",
    },
}


class Screen:
    """What a terminal shows: letters, and where the cursor goes."""

    TOKEN = re.compile(r"\x1b\[([?0-9;]*)([A-Za-z@`])|\x1b[()].|\x1b[=>78HMc]|\x1b\][^\x07]*\x07|([\r\n\b\t])|([^\x1b])")

    def __init__(self):
        self.cells = [[" "] * COLUMNS for _ in range(ROWS)]
        self.row = self.column = 0
        self.rest = ""

    def takes(self, text):
        text, at = self.rest + text, 0
        while found := self.TOKEN.match(text, at):
            at = found.end()
            numbers, command, control, letter = found.groups()
            if command:
                self.moves(numbers, command)
            elif control:
                self.controls(control)
            elif letter:
                self.writes(letter)
        self.rest = text[at:]

    def writes(self, letter):
        if letter < " ":
            return
        if self.column >= COLUMNS:
            self.column, self.row = 0, min(self.row + 1, ROWS - 1)
        self.cells[self.row][self.column] = letter
        self.column += 1

    def controls(self, control):
        if control == "\r":
            self.column = 0
        elif control == "\n":
            if self.row == ROWS - 1:
                self.cells = self.cells[1:] + [[" "] * COLUMNS]
            self.row = min(self.row + 1, ROWS - 1)
        elif control == "\b":
            self.column = max(self.column - 1, 0)
        else:
            self.column = min((self.column // 8 + 1) * 8, COLUMNS - 1)

    def moves(self, numbers, command):
        many = [int(number) if number else 0 for number in numbers.lstrip("?").split(";")]
        one = many[0] or 1
        if command in "Hf":
            self.row = min(one, ROWS) - 1
            self.column = min((many[1] if len(many) > 1 else 0) or 1, COLUMNS) - 1
        elif command == "A":
            self.row = max(self.row - one, 0)
        elif command == "B":
            self.row = min(self.row + one, ROWS - 1)
        elif command == "C":
            self.column = min(self.column + one, COLUMNS - 1)
        elif command == "D":
            self.column = max(self.column - one, 0)
        elif command in "G`":
            self.column = min(one, COLUMNS) - 1
        elif command == "d":
            self.row = min(one, ROWS) - 1
        elif command == "J":
            self.erases(self.row * COLUMNS + self.column if many[0] == 0 else 0, ROWS * COLUMNS)
        elif command == "K":
            self.erases(self.row * COLUMNS + self.column, (self.row + 1) * COLUMNS)

    def erases(self, start, end):
        for at in range(start, end):
            self.cells[at // COLUMNS][at % COLUMNS] = " "

    def text(self):
        return "\n".join("".join(row).rstrip() for row in self.cells)


def shows(pattern, seconds):
    """Reads the terminal until what it shows has `pattern`, or nothing more comes."""
    end = time.monotonic() + seconds
    while not (found := re.search(pattern, screen.text())):
        if not select.select([terminal], [], [], max(end - time.monotonic(), 0))[0]:
            return None
        try:
            screen.takes(os.read(terminal, 65536).decode(errors="replace"))
        except OSError:
            return None
    return found


def until(pattern):
    """Reads the terminal until what it shows has `pattern`."""
    if found := shows(pattern, PATIENCE):
        return found
    sys.exit(f"no {pattern} on\n{screen.text()}")


def keys(text):
    """Presses keys one after the other, as hands do."""
    for key in re.findall(r"\x1b\[.|.", text, re.DOTALL):
        os.write(terminal, key.encode())
        quiet()


def quiet():
    """Waits until the browser has drawn what a key did: it has been still for a moment."""
    while select.select([terminal], [], [], 0.15)[0]:
        try:
            screen.takes(os.read(terminal, 65536).decode(errors="replace"))
        except OSError:
            return


browser = BROWSERS[sys.argv[1]]
screen = Screen()
child, terminal = pty.fork()
if child == 0:
    os.environ |= {"TERM": "xterm", "LANG": "C.UTF-8", "LINES": str(ROWS), "COLUMNS": str(COLUMNS)}
    os.execvp(browser["command"][0], [*browser["command"], sys.argv[2]])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
until("Continue to sign in")
quiet()
for _ in range(6):
    # A browser that still draws may not listen.
    keys(browser["press"].format(down=DOWN))
    if shows(DIGITS, PATIENCE / 6):
        break
code = until(DIGITS)[1].replace(" ", "")
quiet()
keys(browser["code"].format(down=DOWN, code=code))
until("Home")
print(screen.text())
os.write(terminal, browser["leave"].encode())
os.close(terminal)
os.waitpid(child, 0)
