"""A person at a desktop: eyes and a screen reader through AT-SPI, hands through xdotool; the browser sees nothing of either.

Reads a command in each line of stdin, a JSON array of a function's name and arguments, and answers each with a line of
JSON. Runs on a display and a session bus of its own.
"""

import json
import os
import re
import subprocess
import sys
import time
import warnings

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, Gio, GLib  # noqa: E402

PATIENCE = 40
PATH = 12


def hands(*arguments):
    subprocess.run(["xdotool", *map(str, arguments)], check=True)


def switch_on():
    """Browsers build their trees only for somebody who looks."""
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    for name in ("IsEnabled", "ScreenReaderEnabled"):
        value = GLib.Variant("(ssv)", ("org.a11y.Status", name, GLib.Variant("b", True)))
        bus.call_sync("org.a11y.Bus", "/org/a11y/bus", "org.freedesktop.DBus.Properties", "Set", value, None, 0, -1)


def children(node):
    return filter(None, (node.get_child_at_index(at) for at in range(node.get_child_count())))


def below(node):
    yield node
    for child in children(node):
        yield from below(child)


def shown(node):
    return node.get_state_set().contains(Atspi.StateType.SHOWING)


def documents(node):
    """The pages that are in sight."""
    if node.get_role() == Atspi.Role.DOCUMENT_WEB:
        if shown(node):
            yield node
        return
    for child in children(node):
        yield from documents(child)


def address_of(document):
    about = Atspi.Document.get_document_attributes(document)
    return about.get("URI", about.get("DocURL", ""))


def page(address):
    """The page in sight at `address`."""
    for document in documents(Atspi.get_desktop(0)):
        if address in address_of(document):
            return document
    raise LookupError(f"no page of {address} is in sight")


def patiently(look, seconds=PATIENCE):
    """Looks until there is something to see: no event tells of all that changes in a tree."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        while GLib.MainContext.default().iteration(False):
            pass  # the tree's own events
        try:
            if (found := look()) is not None:
                return found
        except (GLib.Error, LookupError) :
            pass  # what was looked at is gone
        time.sleep(0.05)
    raise LookupError("it does not come in sight")


def control(address, role):
    def look():
        nodes = (node for node in below(page(address)) if node.get_role_name() == role and shown(node))
        return next(nodes, None)

    return patiently(look)


def go(address):
    """Types an address, as people paste a link."""
    hands("key", "ctrl+l")
    hands("type", "--delay", 1, address)
    hands("key", "Return")


def settle(address):
    """Goes to a page, again if the browser did not listen to its keyboard yet."""
    for _ in range(10):
        attend()
        go(address)
        try:
            return patiently(lambda: bool(page(address)), 6)
        except LookupError:
            pass
    raise LookupError("the browser does not listen")


def comes(address):
    """Whether a browser that was just started goes to a page: now and then one never shows itself."""
    try:
        return settle(address)
    except LookupError:
        return False


def page_of(address):
    """Waits for a page."""
    patiently(lambda: bool(page(address)))


def words_of(node):
    """Its name, or the text in it."""
    if node.get_text_iface() is not None:
        return Atspi.Text.get_text(node, 0, -1)
    return node.get_name() or ""


def read(address, pattern):
    """The first group of `pattern` in the page's text."""

    def look():
        words = " ".join(words_of(node) for node in below(page(address)))
        found = re.search(pattern, words)
        return found and found[1]

    return patiently(look)


def place(node):
    """Where a control stands, once it has come to rest."""
    was = node.get_extents(Atspi.CoordType.SCREEN)
    time.sleep(0.1)
    box = node.get_extents(Atspi.CoordType.SCREEN)
    return box if box.x > 0 and (was.x, was.y) == (box.x, box.y) else None


def mouse(address, role, presses):
    """Moves the pointer to a control, and presses."""
    box = patiently(lambda: place(control(address, role)))
    x, y = box.x + box.width // 2, box.y + box.height // 2
    for left in range(PATH, -1, -1):
        hands("mousemove", x + 9 * left, y + 5 * left)
    hands("click", "--repeat", presses, "--delay", 60, 1)


def zoom(address, role):
    """Makes everything twice as large, in the browser's own steps."""
    small = patiently(lambda: place(control(address, role)))
    was = small
    while was.height < 1.9 * small.height:
        hands("key", "ctrl+plus")
        patiently(lambda: control(address, role).get_extents(Atspi.CoordType.SCREEN).height > was.height or None)
        was = patiently(lambda: place(control(address, role)))


def tab(address, role):
    """Goes from control to control until `role` has the focus."""
    node = control(address, role)
    for _ in range(40):
        if node.get_state_set().contains(Atspi.StateType.FOCUSED):
            return
        hands("key", "Tab")
        time.sleep(0.05)
    raise LookupError("the Tab key does not lead there")


def left(address):
    """Whether the page at `address` is out of sight."""
    return not any(address in address_of(document) for document in documents(Atspi.get_desktop(0))) or None


def insists(address, does):
    """Does something until the page is left: a page that has just come, or moves, may not take notice."""
    for _ in range(6):
        does()
        try:
            return patiently(lambda: left(address), 6)
        except LookupError:
            pass
    raise LookupError("it leads nowhere")


def press(address, role, presses):
    """Presses with the mouse, and goes where that leads."""
    insists(address, lambda: mouse(address, role, presses))


def press_key(address, role, name):
    """Presses with a key, and goes where that leads."""
    tab(address, role)
    insists(address, lambda: keys(name))


def act(address, role):
    """Presses with a screen reader's action, and goes where that leads."""
    insists(address, lambda: patiently(lambda: Atspi.Action.do_action(control(address, role), 0) or None))


def keys(*names):
    hands("key", *names)


def text(value):
    hands("type", "--delay", 5, value)


def windows():
    """The numbers of the windows in sight."""
    command = ["xdotool", "search", "--onlyvisible", "--name", "Chromium|Firefox"]
    return subprocess.run(command, capture_output=True, text=True).stdout.split() or None


def attend():
    """Gives the newest window the keyboard: no window manager does."""
    subprocess.run(["xdotool", "windowfocus", max(patiently(windows), key=int)])


warnings.simplefilter("ignore", DeprecationWarning)
COMMANDS = {command.__name__: command for command in (go, settle, comes, page_of, read, mouse, press, press_key, zoom, tab, act, keys, text, attend)}

switch_on()
print(json.dumps({"said": os.environ["DBUS_SESSION_BUS_ADDRESS"]}), flush=True)
for line in sys.stdin:
    name, *arguments = json.loads(line)
    try:
        answer = {"said": COMMANDS[name](*arguments)}
    except (LookupError, GLib.Error, subprocess.CalledProcessError) as error:
        answer = {"error": f"{name} {arguments}: {error}"}
    print(json.dumps(answer), flush=True)
