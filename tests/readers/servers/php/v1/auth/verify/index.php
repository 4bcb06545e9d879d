<?php
require __DIR__ . '/../../../redeemed.php';

if (isset($_SERVER['PATH_INFO']) || $_SERVER['REQUEST_METHOD'] !== 'POST') {
    http_response_code(404);
} else {
    handled(body_token());
}
