# Readers on Perl: `perl perl.pl HOST NAME=PORT...`.
use strict;
use warnings;

use HTTP::Server::PSGI;
use JSON::PP;
use Mojo::Server::Daemon;
use Mojolicious;
use Plack::Request;

my $LINK = '/auth/verify';
my $CALL = '/v1/auth/verify';

# What the handler says of the token that it was given: the bytes of its text in hex.
sub fields {
    my ($token) = @_;
    return () unless defined $token && $token ne '';
    utf8::encode($token) if utf8::is_utf8($token);
    return ('x-redeemed' => unpack 'H*', $token);
}

# The token of a JSON text, whatever the body's type is.
sub of_json {
    my $json = eval { JSON::PP->new->decode($_[0]) };
    return ref $json eq 'HASH' ? $json->{token} : undef;
}

sub plack {
    my $request = Plack::Request->new(shift);
    my $path = $request->path_info;
    return [200, [fields($request->query_parameters->get('token'))], ['handled']] if $path eq $LINK;
    return [404, [], []] unless $path eq $CALL && $request->method eq 'POST';
    my $token = $request->body_parameters->get('token') // of_json($request->content);
    return [200, [fields($token)], ['handled']];
}

sub mojolicious {
    my $app = Mojolicious->new(secrets => ['x'], mode => 'production');
    $app->log->level('fatal');
    my $handled = sub {
        my ($c, $token) = @_;
        my %fields = fields($token);
        $c->res->headers->header($_ => $fields{$_}) for keys %fields;
        $c->render(text => 'handled');
    };
    $app->routes->any($LINK => sub { $handled->($_[0], $_[0]->req->query_params->param('token')) });
    $app->routes->post($CALL => sub {
        $handled->($_[0], $_[0]->req->body_params->param('token') // of_json($_[0]->req->body));
    });
    return $app;
}

my %readers = (
    plack => sub {
        my ($host, $port) = @_;
        HTTP::Server::PSGI->new(host => $host, port => $port, timeout => 300)->run(\&plack);
    },
    mojolicious => sub {
        my ($host, $port) = @_;
        Mojo::Server::Daemon->new(app => mojolicious(), listen => ["http://$host:$port"], silent => 1)->run;
    },
);

my ($host, $wanted) = @ARGV;
my ($name, $port) = split /=/, $wanted;
$readers{$name}->($host, $port);
