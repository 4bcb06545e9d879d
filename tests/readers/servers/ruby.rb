# Readers on Ruby: `ruby ruby.rb HOST NAME=PORT...`.
require 'json'
require 'puma'
require 'rack'
require 'rack/handler/webrick'
require 'sinatra/base'

LINK = '/auth/verify'
CALL = '/v1/auth/verify'

# What the handler says of the token that it was given: the bytes of its text in hex.
def fields(token)
  return {} if token.nil? || token == ''

  { 'x-redeemed' => (token.is_a?(String) ? token : JSON.generate(token)).unpack1('H*') }
end

# The token of a JSON text, whatever the body's type is.
def of_json(text)
  JSON.parse(text)['token']
rescue StandardError
  nil
end

RACK = lambda do |env|
  request = Rack::Request.new(env)
  case request.path_info
  when LINK then [200, fields(request.GET['token']), ['handled']]
  when CALL
    return [404, {}, []] unless request.post?

    body = request.body.read
    request.body.rewind
    [200, fields(request.POST['token'] || of_json(body)), ['handled']]
  else [404, {}, []]
  end
end

class Site < Sinatra::Base
  set :environment, :production
  set :logging, false

  get LINK do
    headers fields(request.GET['token'])
    'handled'
  end

  post CALL do
    request.body.rewind
    headers fields(params['token'] || of_json(request.body.read))
    'handled'
  end
end

READERS = {
  'rack' => lambda do |host, port|
    Rack::Handler::WEBrick.run(RACK, Host: host, Port: port, AccessLog: [], Logger: WEBrick::Log.new(File::NULL))
  end,
  'sinatra' => lambda do |host, port|
    server = Puma::Server.new(Site, Puma::Events.strings, min_threads: 1, max_threads: 4, queue_requests: false)
    server.add_tcp_listener(host, port)
    server.run.join
  end
}.freeze

host, *wanted = ARGV
wanted.map do |reader|
  name, port = reader.split('=')
  Thread.new { READERS.fetch(name).call(host, port.to_i) }
end.each(&:join)
