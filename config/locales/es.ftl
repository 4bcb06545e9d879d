# Spanish. What each text is for stands in en.ftl; how texts are written and tried: docs/languages.md.

### Used in several texts

-reload = Espera un momento y vuelve a cargar la página.
-try-or-new = Puedes volver a intentarlo. Si el enlace ya no funciona, pide uno nuevo.
-open-again = Abre otra vez el enlace desde tu correo.

### On every page

language-name = Español
language = Idioma
language-change = Cambiar idioma
reference = Referencia: { $reference }
new-link = Enviar un enlace nuevo
try-again = Volver a intentarlo

### The page that holds a link until a person presses

hold-title = { $purpose ->
    [verify-email] Confirmar tu correo electrónico
    [other] Continuar
   *[sign-in] Continuar e iniciar sesión
}
hold-heading = { $purpose ->
    [verify-email] Un paso más para confirmar tu correo electrónico
    [other] Un paso más
   *[sign-in] Un paso más para iniciar sesión
}
hold-text = { $purpose ->
    [verify-email] Has abierto un enlace que confirma tu correo electrónico. Pulsa el botón para usarlo.
    [other] Has abierto un enlace de un correo. Pulsa el botón para usarlo.
   *[sign-in] Has abierto un enlace de inicio de sesión. Pulsa el botón para usarlo.
}
hold-action = { $purpose ->
    [verify-email] Confirmar correo electrónico
    [other] Continuar
   *[sign-in] Continuar e iniciar sesión
}
hold-why = ¿Por qué esta página? A veces los programas de correo abren los enlaces por su cuenta. El tuyo queda sin usar hasta que pulses.
hold-unasked = Si no has pedido este enlace, cierra esta página.

### The same page where digits have to be typed

code-text = { $purpose ->
    [verify-email] Has abierto un enlace que confirma tu correo electrónico. Escribe las cifras de abajo y pulsa el botón para usarlo.
    [other] Has abierto un enlace de un correo. Escribe las cifras de abajo y pulsa el botón para usarlo.
   *[sign-in] Has abierto un enlace de inicio de sesión. Escribe las cifras de abajo y pulsa el botón para usarlo.
}
code-label = Escribe estas cifras:
code-why = ¿Por qué cifras? A veces hay programas que abren los enlaces de los correos, y esta visita se parecía un poco a la de uno. Escribirlas muestra que hay una persona. Hasta entonces, tu enlace queda sin usar.
code-needed = Una cosa más: escribe también las cifras, por favor.
code-missing = Primero escribe las cifras, por favor.
code-wrong = Esas cifras no eran correctas. Compáralas y escríbelas otra vez.
code-wrong-again = Esas cifras no eran correctas. Espera diez segundos y escríbelas otra vez.
code-wrong-and-replaced = Las cifras no eran correctas, así que aquí tienes otras nuevas. Espera unos segundos y escríbelas.
code-too-soon = Ha sido un poco pronto. Espera diez segundos y vuelve a pulsar el botón.
code-replaced = Las cifras han cambiado. Escribe las nuevas, por favor.

### The same page inside another app, such as a mail app

app-note = { $purpose ->
    [sign-in] Esta página está dentro de otra aplicación. Para tener la sesión iniciada en tu navegador, ábrela allí.
   *[other] Esta página está dentro de otra aplicación. También puedes abrirla en tu navegador.
}
app-open = Abrir en el navegador
app-copy = Copiar enlace
app-copied = Enlace copiado

### Notices: a heading, what happened, and the way on

link-invalid-heading = Este enlace no se puede usar
link-invalid-what = { $purpose ->
    [verify-email] Este enlace de confirmación no es válido.
    [other] Este enlace no es válido.
   *[sign-in] Este enlace de inicio de sesión no es válido.
}
link-invalid-way = Pide uno nuevo para continuar.

link-used-heading = Ya has usado este enlace
link-used-what = Cada enlace funciona una sola vez, y este ya ha cumplido su función en este navegador.
link-used-way = { $purpose ->
    [verify-email] Puede que tu correo electrónico ya esté confirmado. Si no, pide un enlace nuevo.
    [other] Mira en tus otras pestañas. Si falta algo, pide un enlace nuevo.
   *[sign-in] Mira en tus otras pestañas: puede que ya hayas iniciado sesión. Si no, pide un enlace nuevo.
}

link-used-elsewhere-heading = Este enlace ya se ha usado
link-used-elsewhere-what = Cada enlace funciona una sola vez. Este se usó en otro navegador, quizá dentro de tu aplicación de correo.
link-used-elsewhere-way = { $purpose ->
    [verify-email] Puede que tu correo electrónico ya esté confirmado. Si no, pide un enlace nuevo.
    [other] Mira primero allí. Si falta algo, pide un enlace nuevo.
   *[sign-in] Mira primero allí: puede que hayas iniciado sesión. Para iniciarla aquí, pide un enlace nuevo.
}

link-expired-heading = Este enlace es demasiado antiguo
link-expired-what = Los enlaces solo sirven durante poco tiempo, y el de este ya ha pasado.
link-expired-way = Pide uno nuevo para continuar.

too-many-tries-heading = Demasiados intentos
too-many-tries-what = Por ahora, este servicio no admite más intentos.
too-many-tries-way = Espera unos minutos y vuelve a intentarlo.

link-incomplete-heading = Este enlace está incompleto
link-incomplete-what = Parece que se ha cortado o modificado por el camino.
link-incomplete-way = Copia el enlace entero de tu correo en la barra de direcciones, o pide uno nuevo.

bad-request-heading = Esta dirección no se puede abrir
bad-request-what = Esta dirección no se puede abrir tal como está escrita.
bad-request-way = Si venía en un correo, abre allí el enlace otra vez, o cópialo entero.

opened-elsewhere-heading = Este enlace se acaba de abrir
opened-elsewhere-what = Se ha abierto hace un momento en otra ventana o aplicación.
opened-elsewhere-way = { $purpose ->
    [verify-email] Mira primero allí: puede que tu correo electrónico ya esté confirmado. Si no has sido tú, pide un enlace nuevo.
    [other] Mira primero allí. Si no has sido tú, pide un enlace nuevo.
   *[sign-in] Mira primero allí: puede que ya hayas iniciado sesión. Si no has sido tú, pide un enlace nuevo.
}

confirmation-required-heading = Abre primero el enlace
confirmation-required-what = { $purpose ->
    [sign-in] El enlace de inicio de sesión de esta petición aún no se ha confirmado, o fue hace demasiado tiempo.
   *[other] El enlace de esta petición aún no se ha confirmado, o fue hace demasiado tiempo.
}
confirmation-required-way = Abre el enlace desde tu correo y pulsa allí el botón.

call-refused-heading = Esta petición no se puede leer
call-refused-what = Se envió en una forma que no se puede comprobar, así que no se ha transmitido.
call-refused-way = { -open-again }

visit-refused-heading = Este enlace no se puede abrir aquí
visit-refused-what = Este sitio no permite que este programa o esta red abran sus enlaces.
visit-refused-way = Prueba con otro navegador u otra red, o pregunta a la ayuda del sitio e indica la referencia de abajo.

method-not-allowed-heading = Esta página no se puede usar así
method-not-allowed-what = Tu navegador o programa ha preguntado de una manera que esta dirección no conoce.
method-not-allowed-way = { -open-again }

unknown-host-heading = Este sitio no está aquí
unknown-host-what = El nombre de la dirección no pertenece a ningún sitio de este servidor.
unknown-host-way = Comprueba que la dirección no tenga errores al escribirla.

request-timeout-heading = Ha tardado demasiado
request-timeout-what = Tu petición no llegó completa a tiempo.
request-timeout-way = Comprueba tu conexión, vuelve atrás e inténtalo de nuevo.

content-too-large-heading = Es demasiado de una vez
content-too-large-what = Lo que se ha enviado es más grande de lo que admite esta dirección.
content-too-large-way = Vuelve atrás y envía menos.

target-too-long-heading = Esta dirección es demasiado larga
target-too-long-what = Es más larga de lo que admite este servidor.
target-too-long-way = Si venía en un correo, abre allí el enlace otra vez.

confirmation-not-sent-heading = { $purpose ->
    [sign-in] Ahora mismo no se puede iniciar sesión
   *[other] Ahora mismo no se puede acceder al servicio
}
confirmation-not-sent-what = El servicio no responde. Tu enlace no se ha usado.
confirmation-not-sent-way = Espera un momento y vuelve a intentarlo.

confirmation-unknown-heading = Algo ha fallado por el camino
confirmation-unknown-what = El servicio se ha interrumpido, así que no podemos saber si tu enlace se ha usado.
confirmation-unknown-way = { -try-or-new }

confirmation-timeout-heading = { $purpose ->
    [sign-in] El inicio de sesión tarda demasiado
   *[other] Está tardando demasiado
}
confirmation-timeout-what = El servicio no respondió a tiempo, así que no podemos saber si tu enlace se ha usado.
confirmation-timeout-way = { -try-or-new }

upstream-down-heading = Ahora mismo no se puede acceder a este sitio
upstream-down-what = El servicio que hay detrás de esta página no responde.
upstream-down-way = { -reload }

upstream-broken-heading = Algo ha fallado por el camino
upstream-broken-what = El servicio que hay detrás de esta página interrumpió su respuesta.
upstream-broken-way = { -reload }

upstream-slow-heading = Está tardando demasiado
upstream-slow-what = El servicio que hay detrás de esta página no respondió a tiempo.
upstream-slow-way = { -reload }

busy-heading = Hay mucha actividad ahora mismo
busy-what = Hay aquí más personas a la vez que de costumbre.
busy-way = { -reload }

internal-heading = Algo ha fallado aquí
internal-what = El error es nuestro, no tuyo.
internal-way = { -reload } Si continúa, indica a la ayuda del sitio la referencia de abajo.
