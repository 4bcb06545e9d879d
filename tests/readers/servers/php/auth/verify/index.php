<?php
// A script that the server finds in the folders: `php -S HOST:PORT -t php`.
require __DIR__ . '/../../redeemed.php';

// What stands behind the script is another page, though the server runs this one for it.
if (isset($_SERVER['PATH_INFO'])) {
    http_response_code(404);
} else {
    handled($_GET['token'] ?? null);
}
