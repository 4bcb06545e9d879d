//! Which readers there are, and how each differs from the others.

/// One reader.
#[derive(Debug)]
pub(crate) struct Reader {
    /// Its name in this rig.
    pub(crate) name: &'static str,
    /// The package whose version the page tells: `npm NAME`, `PyPI NAME` or `Debian NAME`.
    pub(crate) package: &'static str,
    /// What reads, and how it differs from the others.
    pub(crate) about: &'static str,
    /// What runs it.
    pub(crate) runs: Runs,
}

/// What runs a reader. Those of one script share a process, but for those that need one of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Runs {
    Node,
    NodeAlone,
    Python,
    Gunicorn,
    PhpFront,
    PhpFolders,
    Ruby,
    Perl,
    Go,
    /// nginx before the reader of that name.
    Nginx(&'static str),
}

impl Runs {
    /// Whether it does.
    pub(crate) fn shares(self) -> bool {
        matches!(self, Self::Node | Self::Python | Self::Ruby | Self::Go)
    }
}

const fn reader(runs: Runs, name: &'static str, package: &'static str, about: &'static str) -> Reader {
    Reader {
        name,
        package,
        about,
        runs,
    }
}

/// All readers. A new one goes here and into the script that runs it.
pub(crate) const READERS: [Reader; 49] = [
    reader(
        Runs::Node,
        "node-url-parse",
        "Debian nodejs",
        "`url.parse(req.url, true)`; JSON whatever the type",
    ),
    reader(
        Runs::Node,
        "node-url-base",
        "Debian nodejs",
        "`new URL(req.url, base)`; a form whatever the type",
    ),
    reader(
        Runs::Node,
        "node-url-host",
        "Debian nodejs",
        "`new URL` of scheme, host and target; JSON whatever the type",
    ),
    reader(
        Runs::Node,
        "node-querystring",
        "Debian nodejs",
        "split at `?`, then `querystring.parse`",
    ),
    reader(Runs::Node, "express4", "npm express4", "`qs`"),
    reader(Runs::Node, "express4-simple", "npm express4", "`querystring`"),
    reader(Runs::Node, "express5", "npm express5", "`querystring`"),
    reader(Runs::Node, "express5-extended", "npm express5", "`qs`"),
    reader(
        Runs::Node,
        "fastify4",
        "npm fastify4",
        "find-my-way: `;` starts the query",
    ),
    reader(
        Runs::Node,
        "fastify5",
        "npm fastify5",
        "find-my-way, `;` is part of the path",
    ),
    reader(Runs::Node, "koa", "npm koa", "`@koa/router`, `querystring`"),
    reader(Runs::Node, "koa-qs", "npm koa-qs", "`@koa/router`, `qs`"),
    reader(
        Runs::Node,
        "hapi",
        "npm @hapi/hapi",
        "WHATWG URL; cases and a slash at the end ignored",
    ),
    reader(Runs::NodeAlone, "restify", "npm restify", "find-my-way, `qs`"),
    reader(Runs::Node, "polka", "npm polka", "JSON whatever the type"),
    reader(Runs::Node, "tinyhttp", "npm @tinyhttp/app", "JSON whatever the type"),
    reader(Runs::Node, "hono", "npm hono", "`c.req.json()`"),
    reader(
        Runs::Node,
        "hono-form",
        "npm hono",
        "`c.req.parseBody()`, multipart too",
    ),
    reader(Runs::Node, "h3", "npm h3", "`readBody`"),
    reader(
        Runs::Nginx("node-url-base"),
        "nginx",
        "Debian nginx",
        "a `location` with a path in `proxy_pass`, before node-url-base",
    ),
    reader(Runs::Python, "flask", "PyPI Flask", "on Werkzeug's server"),
    reader(Runs::Gunicorn, "flask-gunicorn", "PyPI gunicorn", "Flask on gunicorn"),
    reader(Runs::Python, "django", "PyPI Django", "on wsgiref"),
    reader(Runs::Python, "bottle", "PyPI bottle", "on wsgiref"),
    reader(Runs::Python, "falcon", "PyPI falcon", "on waitress"),
    reader(Runs::Python, "pyramid", "PyPI pyramid", "on waitress"),
    reader(Runs::Python, "web.py", "PyPI web-py", "on cheroot"),
    reader(Runs::Python, "cherrypy", "PyPI CherryPy", "on cheroot"),
    reader(Runs::Python, "starlette-h11", "PyPI starlette", "on uvicorn with h11"),
    reader(
        Runs::Python,
        "starlette-httptools",
        "PyPI uvicorn",
        "Starlette on uvicorn with httptools",
    ),
    reader(
        Runs::Python,
        "fastapi",
        "PyPI fastapi",
        "on uvicorn with httptools; JSON alone",
    ),
    reader(Runs::Python, "litestar", "PyPI litestar", "on uvicorn with h11"),
    reader(
        Runs::Python,
        "blacksheep",
        "PyPI blacksheep",
        "on uvicorn with httptools",
    ),
    reader(Runs::Python, "quart", "PyPI Quart", "on hypercorn"),
    reader(Runs::Python, "aiohttp", "PyPI aiohttp", "its own server"),
    reader(Runs::Python, "tornado", "PyPI tornado", "its own server"),
    reader(Runs::Python, "sanic", "PyPI sanic", "its own server"),
    reader(
        Runs::PhpFront,
        "php-front",
        "Debian php-cli",
        "PHP's own server with a front controller, superglobals",
    ),
    reader(
        Runs::PhpFolders,
        "php-folders",
        "Debian php-cli",
        "PHP's own server with a script in a folder",
    ),
    reader(Runs::Ruby, "rack", "Debian ruby-rack", "on WEBrick"),
    reader(Runs::Ruby, "sinatra", "Debian ruby-sinatra", "on Puma"),
    reader(Runs::Perl, "plack", "Debian libplack-perl", "on HTTP::Server::PSGI"),
    reader(
        Runs::Perl,
        "mojolicious",
        "Debian libmojolicious-perl",
        "its own server",
    ),
    reader(Runs::Go, "go", "Debian golang-go", "`net/http.ServeMux`"),
    reader(
        Runs::Go,
        "gorilla",
        "Debian golang-github-gorilla-mux-dev",
        "on `net/http`",
    ),
    reader(Runs::Go, "chi", "Debian golang-github-go-chi-chi-dev", "on `net/http`"),
    reader(
        Runs::Go,
        "httprouter",
        "Debian golang-github-julienschmidt-httprouter-dev",
        "on `net/http`",
    ),
    reader(
        Runs::Go,
        "gin",
        "Debian golang-github-gin-gonic-gin-dev",
        "on `net/http`",
    ),
    reader(
        Runs::Go,
        "echo",
        "Debian golang-github-labstack-echo-dev",
        "on `net/http`",
    ),
];
