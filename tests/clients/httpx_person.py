"""Signs in at a link as a program does that minds nothing but HTTP and HTML; says on stdout, in JSON, what it saw."""

import json
import sys
from html.parser import HTMLParser

import httpx


class Form(HTMLParser):
    """The page's only form."""

    def __init__(self, page):
        super().__init__()
        self.method, self.action, self.fields, self.texts, self.within = None, "", {}, {}, None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.method, self.action = attrs["method"], attrs.get("action", "")
        elif tag == "input":
            self.fields[attrs["name"]] = attrs.get("value", "")
        self.within = attrs.get("id")

    def handle_data(self, data):
        self.texts.setdefault(self.within, data)


link, http2 = sys.argv[1], sys.argv[2] == "h2"
with httpx.Client(http2=http2, verify=False, follow_redirects=True) as client:
    program = client.get(link, headers={"accept": "application/json"})
    held = client.get(link)
    head = client.head(link)
    form = Form(held.text)
    pressed = client.request(form.method, httpx.URL(link).join(form.action), data=form.fields)
    form.fields["linklatch-code"] = form.texts["digits"]
    answer = client.request(form.method, httpx.URL(link).join(form.action), data=form.fields)
    print(
        json.dumps(
            {
                "program": [program.status_code, program.json()["error"], program.json()["request_id"]],
                "request_id": program.headers["x-request-id"],
                "held": held.status_code,
                "pressed": [pressed.status_code, Form(pressed.text).texts["trouble"]],
                "head": [head.status_code, head.headers["content-length"] == held.headers["content-length"], head.text],
                "version": held.http_version,
                "answer": [answer.status_code, answer.text],
                "path": answer.url.raw_path.decode(),
                "session": client.cookies.get("session"),
            }
        )
    )
