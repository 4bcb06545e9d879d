// Readers on Node.js: `node node.js HOST NAME=PORT...`.
import http from 'node:http'
import querystring from 'node:querystring'
import url from 'node:url'

import Hapi from '@hapi/hapi'
import { serve } from '@hono/node-server'
import { bodyParser } from '@koa/bodyparser'
import Router from '@koa/router'
import { App } from '@tinyhttp/app'
import express4 from 'express4'
import express5 from 'express5'
import fastify4 from 'fastify4'
import fastify5 from 'fastify5'
import formbody7 from 'formbody7'
import formbody8 from 'formbody8'
import { createApp, createRouter, defineEventHandler, getQuery, readBody, setHeader, toNodeListener } from 'h3'
import { Hono } from 'hono'
import Koa from 'koa'
import koaQs from 'koa-qs'
import polka from 'polka'

const LINK = '/auth/verify'
const CALL = '/v1/auth/verify'
const [host, ...wanted] = process.argv.slice(2)

/** What the handler says of the token that it was given: the bytes of its text in hex. */
const fields = token => {
  if (token === undefined || token === null || token === '') return {}
  const text = typeof token === 'string' ? token : JSON.stringify(token)
  return { 'x-redeemed': Buffer.from(text).toString('hex') }
}

const answer = (res, token) => {
  for (const [name, value] of Object.entries(fields(token))) res.setHeader(name, value)
  res.end('handled')
}

const body = async req => {
  let text = ''
  for await (const part of req) text += part
  return text
}

const json = text => {
  try {
    return JSON.parse(text)?.token
  } catch {
    return undefined
  }
}

/** A handler without a framework: `parse` makes the path and the token of a target, `token` the token of a body. */
const plain = (parse, token) => port =>
  http.createServer(async (req, res) => {
    let target
    try {
      target = parse(req)
    } catch {
      res.writeHead(400).end()
      return
    }
    if (target.path === LINK) answer(res, target.token)
    else if (target.path === CALL && req.method === 'POST') answer(res, token(await body(req)))
    else res.writeHead(404).end()
  }).listen(port, host)

const express = (express, parser) => port => {
  const app = express()
  if (parser) app.set('query parser', parser)
  app.use(express.json(), express.urlencoded({ extended: parser !== 'simple' }))
  app.all(LINK, (req, res) => answer(res, req.query.token))
  app.post(CALL, (req, res) => answer(res, req.body?.token))
  app.use((error, req, res, next) => res.status(error.status ?? 500).end())
  app.listen(port, host)
}

const fastify = (fastify, formbody) => port => {
  const app = fastify()
  app.register(formbody)
  app.all(LINK, (req, reply) => reply.headers(fields(req.query.token)).send('handled'))
  app.post(CALL, (req, reply) => reply.headers(fields(req.body?.token)).send('handled'))
  app.listen({ port, host })
}

const koa = change => port => {
  const app = change(new Koa())
  const router = new Router()
  const handled = (ctx, token) => {
    ctx.set(fields(token))
    ctx.body = 'handled'
  }
  router.all(LINK, ctx => handled(ctx, ctx.query.token))
  router.post(CALL, ctx => handled(ctx, ctx.request.body?.token))
  app.silent = true
  app.use(bodyParser()).use(router.routes())
  app.listen(port, host)
}

const hono = token => port => {
  const app = new Hono()
  app.all(LINK, c => c.text('handled', 200, fields(c.req.query('token'))))
  app.post(CALL, async c => c.text('handled', 200, fields((await token(c.req))?.token)))
  app.onError((error, c) => c.text('error', 500))
  serve({ fetch: app.fetch, port, hostname: host })
}

/** Small routers that leave the body to the application. */
const small = router => port => {
  const app = router()
  app.all(LINK, (req, res) => answer(res, req.query.token))
  app.post(CALL, async (req, res) => answer(res, json(await body(req))))
  app.listen(port, host)
}

const split = target => {
  const [path, ...query] = target.split('?')
  return { path, token: querystring.parse(query.join('?')).token }
}

const whatwg = target => ({ path: target.pathname, token: target.searchParams.get('token') })

const readers = {
  'node-url-parse': plain(req => {
    const { pathname, query } = url.parse(req.url, true)
    return { path: pathname, token: query.token }
  }, json),
  'node-url-base': plain(req => whatwg(new URL(req.url, 'http://localhost')), text => new URLSearchParams(text).get('token')),
  'node-url-host': plain(req => whatwg(new URL(`http://${req.headers.host}${req.url}`)), json),
  'node-querystring': plain(req => split(req.url), text => querystring.parse(text).token),
  express4: express(express4),
  'express4-simple': express(express4, 'simple'),
  express5: express(express5),
  'express5-extended': express(express5, 'extended'),
  fastify4: fastify(fastify4, formbody7),
  fastify5: fastify(fastify5, formbody8),
  koa: koa(app => app),
  'koa-qs': koa(app => koaQs(app)),
  hapi: async port => {
    const server = Hapi.server({ port, host, router: { isCaseSensitive: false, stripTrailingSlash: true } })
    const handled = (h, token) => {
      const response = h.response('handled')
      for (const [name, value] of Object.entries(fields(token))) response.header(name, value)
      return response
    }
    server.route({ method: '*', path: LINK, handler: (request, h) => handled(h, request.query.token) })
    server.route({ method: 'POST', path: CALL, handler: (request, h) => handled(h, request.payload?.token) })
    await server.start()
  },
  // It changes the prototype of every request of its process: it needs one of its own.
  restify: async port => {
    const { default: restify } = await import('restify')
    const server = restify.createServer()
    server.use(restify.plugins.queryParser())
    server.use(restify.plugins.bodyParser({ mapParams: false }))
    const handler = token => (req, res, next) => {
      res.send(200, 'handled', fields(token(req)))
      next()
    }
    for (const method of ['get', 'head', 'post', 'put', 'patch', 'del']) server[method](LINK, handler(req => req.query.token))
    server.post(CALL, handler(req => req.body?.token))
    server.listen(port, host)
  },
  polka: small(polka),
  tinyhttp: small(() => new App()),
  hono: hono(req => req.json()),
  'hono-form': hono(req => req.parseBody()),
  h3: port => {
    const router = createRouter()
    const handled = (event, token) => {
      for (const [name, value] of Object.entries(fields(token))) setHeader(event, name, value)
      return 'handled'
    }
    router.use(LINK, defineEventHandler(event => handled(event, getQuery(event).token)))
    router.post(CALL, defineEventHandler(async event => handled(event, (await readBody(event))?.token)))
    http.createServer(toNodeListener(createApp().use(router))).listen(port, host)
  },
}

// What one spelling breaks must not end the others.
process.on('uncaughtException', () => {})
process.on('unhandledRejection', () => {})
for (const reader of wanted) {
  const [name, port] = reader.split('=')
  await readers[name](Number(port))
}
