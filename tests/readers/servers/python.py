"""Readers on Python: `python python.py HOST NAME=PORT...`; gunicorn imports `flask_app`."""

import asyncio
import json
import logging
import socket
import sys
import threading
from typing import Annotated
from wsgiref.simple_server import ServerHandler, WSGIRequestHandler, make_server

LINK = "/auth/verify"
CALL = "/v1/auth/verify"
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def fields(token):
    """What the handler says of the token that it was given: the bytes of its text in hex."""
    if token in (None, "", b""):
        return {}
    text = token if isinstance(token, str) else str(token)
    return {"x-redeemed": text.encode("utf-8", "surrogateescape" if isinstance(token, str) else "replace").hex()}


def of_json(text):
    """The token of a JSON text, whatever the body's type is."""
    try:
        return json.loads(text)["token"]
    except Exception:
        return None


def quiet(host, port, app):
    class Handler(WSGIRequestHandler):
        def log_message(self, *_):
            pass

    ServerHandler.log_exception = lambda *_: None
    make_server(host, port, app, handler_class=Handler).serve_forever()


def flask_app():
    import flask

    app = flask.Flask("readers")

    @app.route(LINK, methods=METHODS)
    def link():
        return "handled", fields(flask.request.args.get("token"))

    @app.post(CALL)
    def call():
        body = flask.request.get_data(cache=True, parse_form_data=False)
        return "handled", fields(flask.request.form.get("token") or of_json(body))

    return app


def flask(host, port):
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Handler(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"

        def log(self, *_):
            pass

    make_server(host, port, flask_app(), threaded=True, request_handler=Handler).serve_forever()


def django(host, port):
    import django as framework
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.http import HttpResponse
    from django.urls import path
    from django.views.decorators.csrf import csrf_exempt
    from django.views.decorators.http import require_POST

    settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF="urls", SECRET_KEY="x", LOGGING_CONFIG=None)
    framework.setup()

    def link(request):
        return HttpResponse("handled", headers=fields(request.GET.get("token")))

    @csrf_exempt
    @require_POST
    def call(request):
        body = request.body
        return HttpResponse("handled", headers=fields(request.POST.get("token") or of_json(body)))

    urls = type(sys)("urls")
    urls.urlpatterns = [path(LINK[1:], csrf_exempt(link)), path(CALL[1:], call)]
    sys.modules["urls"] = urls
    quiet(host, port, get_wsgi_application())


def bottle(host, port):
    import bottle as framework

    app = framework.Bottle()

    def handled(token):
        return framework.HTTPResponse("handled", headers=fields(token))

    def body_token():
        request = framework.request
        return request.forms.get("token") or of_json(request.body.read())

    app.route(LINK, METHODS, lambda: handled(framework.request.query.get("token")))
    app.post(CALL, callback=lambda: handled(body_token()))
    quiet(host, port, app)


def falcon(host, port):
    import falcon as framework
    import waitress

    class Link:
        def on_get(self, request, response):
            response.set_headers(fields(request.get_param("token")))

        on_post = on_put = on_patch = on_get

    class Call:
        def on_post(self, request, response):
            response.set_headers(fields(request.get_media().get("token")))

    app = framework.App()
    app.add_route(LINK, Link())
    app.add_route(CALL, Call())
    app.add_error_handler(Exception, lambda request, response, *_: setattr(response, "status", 500))
    waitress.serve(app, host=host, port=port, _quiet=True)


def pyramid(host, port):
    import waitress
    from pyramid.config import Configurator
    from pyramid.response import Response

    def handled(token):
        return Response("handled", headers=fields(token))

    with Configurator() as config:
        config.add_route("link", LINK)
        config.add_route("call", CALL, request_method="POST")
        config.add_view(lambda request: handled(request.GET.get("token")), route_name="link")
        config.add_view(lambda request: handled(request.POST.get("token") or of_json(request.body)), route_name="call")
        waitress.serve(config.make_wsgi_app(), host=host, port=port, _quiet=True)


def webpy(host, port):
    import web
    from cheroot import wsgi

    class Link:
        def GET(self):
            for field in fields(web.input(_method="get").get("token")).items():
                web.header(*field)
            return "handled"

        POST = PUT = GET

    class Call:
        def POST(self):
            body = web.data()
            for field in fields(web.input(_method="post").get("token") or of_json(body)).items():
                web.header(*field)
            return "handled"

    app = web.application((LINK, Link, CALL, Call))
    app.internalerror = lambda: web.HTTPError("500", {}, "error")
    wsgi.Server((host, port), app.wsgifunc()).start()


def cherrypy(host, port):
    import cherrypy as framework
    from cherrypy.lib import httputil

    class Auth:
        @framework.expose
        def verify(self, **_):
            query = httputil.parse_query_string(framework.request.query_string)
            framework.response.headers.update(fields(query.get("token")))
            return "handled"

    class Called:
        @framework.expose
        @framework.tools.allow(methods=["POST"])
        def verify(self, **_):
            body = framework.request.body
            token = body.params.get("token") or of_json(body.fp.read() if body.fp else "")
            framework.response.headers.update(fields(token))
            return "handled"

    root, root.auth, root.v1, root.v1.auth = node(), Auth(), node(), Called()
    app = framework.tree.mount(root, "/", {"/": {"request.show_tracebacks": False}})
    framework.config.update({"log.screen": False, "environment": "embedded"})
    from cheroot import wsgi

    wsgi.Server((host, port), app).start()


def node():
    return type("Node", (), {})()


def asgi(app, http):
    import uvicorn

    def serve(host, port):
        config = uvicorn.Config(app(), host=host, port=port, http=http, loop="asyncio", log_level="critical", lifespan="off")
        uvicorn.Server(config).run()

    return serve


def starlette():
    from starlette.applications import Starlette
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route

    async def link(request):
        return PlainTextResponse("handled", headers=fields(request.query_params.get("token")))

    async def call(request):
        body = await request.body()
        form = await request.form()
        return PlainTextResponse("handled", headers=fields(form.get("token") or of_json(body)))

    return Starlette(routes=[Route(LINK, link, methods=METHODS), Route(CALL, call, methods=["POST"])])


def fastapi():
    from fastapi import Body, FastAPI, Response

    app = FastAPI()

    @app.get(LINK)
    def link(response: Response, token: str | None = None):
        response.headers.update(fields(token))

    @app.post(CALL)
    def call(response: Response, token: Annotated[str, Body(embed=True)]):
        response.headers.update(fields(token))

    return app


def litestar():
    from litestar import Litestar, Request, Response, get, post

    @get(LINK)
    async def link(token: str | None = None) -> Response:
        return Response("handled", headers=fields(token))

    @post(CALL)
    async def call(request: Request) -> Response:
        body = await request.body()
        form = await request.form()
        return Response("handled", headers=fields(form.get("token") or of_json(body)))

    return Litestar([link, call], openapi_config=None)


def blacksheep():
    from blacksheep import Application, Request, Response

    app = Application()

    def handled(token):
        return Response(200, [(name.encode(), value.encode()) for name, value in fields(token).items()])

    async def link(request: Request) -> Response:
        return handled((request.query.get("token") or [""])[0])

    async def call(request: Request) -> Response:
        body = await request.read() or b""
        form = await request.form() or {}
        return handled(form.get("token") or of_json(body))

    app.router.add_get(LINK, link)
    app.router.add_post(LINK, link)
    app.router.add_post(CALL, call)

    # Its application starts with the first message of the lifespan protocol, which is off here.
    async def started(scope, receive, send):
        if not app.started:
            await app.start()
        await app(scope, receive, send)

    return started


def quart(host, port):
    import quart as framework
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    app = framework.Quart("readers")

    @app.route(LINK, methods=METHODS)
    async def link():
        return "handled", fields(framework.request.args.get("token"))

    @app.post(CALL)
    async def call():
        body = await framework.request.get_data(parse_form_data=False)
        return "handled", fields((await framework.request.form).get("token") or of_json(body))

    config = Config()
    config.bind = [f"{host}:{port}"]
    config.errorlog = None
    asyncio.run(serve(app, config, shutdown_trigger=asyncio.Event().wait))


def aiohttp(host, port):
    from aiohttp import web

    async def link(request):
        return web.Response(text="handled", headers=fields(request.query.get("token")))

    async def call(request):
        body = await request.read()
        return web.Response(text="handled", headers=fields((await request.post()).get("token") or of_json(body)))

    app = web.Application()
    app.router.add_route("*", LINK, link)
    app.router.add_post(CALL, call)
    web.run_app(app, host=host, port=port, handle_signals=False, print=None, access_log=None)


def tornado(host, port):
    from tornado import web

    class Handler(web.RequestHandler):
        def handled(self, token):
            for field in fields(token).items():
                self.set_header(*field)
            self.write("handled")

    class Link(Handler):
        def get(self):
            self.handled(self.get_query_argument("token", None))

        head = post = put = get

    class Call(Handler):
        def post(self):
            self.handled(self.get_body_argument("token", None) or of_json(self.request.body))

    async def main():
        web.Application([(LINK, Link), (CALL, Call)]).listen(port, host)
        await asyncio.Event().wait()

    asyncio.run(main())


def sanic(host, port):
    from sanic import Sanic, response

    app = Sanic("readers", configure_logging=False)
    app.config.ACCESS_LOG = False

    def handled(token):
        return response.text("handled", headers=fields(token))

    @app.route(LINK, methods=METHODS)
    async def link(request):
        return handled(request.args.get("token"))

    @app.post(CALL)
    async def call(request):
        return handled(request.form.get("token") or of_json(request.body))

    async def main():
        server = await app.create_server(host=host, port=port, return_asyncio_server=True)
        await server.startup()
        await server.serve_forever()

    asyncio.run(main())


def until_it_listens(thread, host, port):
    while thread.is_alive():
        try:
            socket.create_connection((host, port)).close()
            return
        except ConnectionRefusedError:
            thread.join(0.05)


READERS = {
    "flask": flask,
    "django": django,
    "bottle": bottle,
    "falcon": falcon,
    "pyramid": pyramid,
    "web.py": webpy,
    "cherrypy": cherrypy,
    "starlette-h11": asgi(starlette, "h11"),
    "starlette-httptools": asgi(starlette, "httptools"),
    "fastapi": asgi(fastapi, "httptools"),
    "litestar": asgi(litestar, "h11"),
    "blacksheep": asgi(blacksheep, "httptools"),
    "quart": quart,
    "aiohttp": aiohttp,
    "tornado": tornado,
    "sanic": sanic,
}

if __name__ == "__main__":
    logging.disable()
    host, *wanted = sys.argv[1:]
    # One after the other: Python can't import modules that need each other in two threads.
    for reader in wanted:
        name, port = reader.split("=")
        thread = threading.Thread(target=READERS[name], args=(host, int(port)), daemon=True)
        thread.start()
        until_it_listens(thread, host, int(port))
    thread.join()
