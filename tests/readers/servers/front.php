<?php
// A front controller without a framework: `php -S HOST:PORT front.php`.
require __DIR__ . '/php/redeemed.php';

$path = rawurldecode((string) parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH));
if ($path === '/auth/verify') {
    handled($_GET['token'] ?? null);
} elseif ($path === '/v1/auth/verify' && $_SERVER['REQUEST_METHOD'] === 'POST') {
    handled(body_token());
} else {
    http_response_code(404);
}
