<?php
/** Tells the token that a handler was given, in hex. */
function handled(mixed $token): void
{
    if ($token !== null && $token !== '') {
        header('x-redeemed: ' . bin2hex(is_string($token) ? $token : (string) json_encode($token)));
    }
    echo 'handled';
}

/** The token of a form, or of JSON, whatever the body's type is. */
function body_token(): mixed
{
    $json = json_decode((string) file_get_contents('php://input'), true);
    return $_POST['token'] ?? (is_array($json) ? $json['token'] ?? null : null);
}
