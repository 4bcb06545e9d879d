# Italian. What each text is for stands in en.ftl; how texts are written and tried: docs/languages.md.

### Used in several texts

-reload = Attendi un momento, poi ricarica la pagina.
-try-or-new = Puoi riprovare. Se il link non funziona più, chiedine uno nuovo.
-open-again = Apri di nuovo il link dalla tua e-mail.

### On every page

language-name = Italiano
language = Lingua
language-change = Cambia lingua
reference = Riferimento: { $reference }
new-link = Invia un nuovo link
try-again = Riprova

### The page that holds a link until a person presses

hold-title = { $purpose ->
    [verify-email] Conferma il tuo indirizzo e-mail
    [other] Continua
   *[sign-in] Continua con l’accesso
}
hold-heading = { $purpose ->
    [verify-email] Ancora un passo per confermare il tuo indirizzo e-mail
    [other] Ancora un passo
   *[sign-in] Ancora un passo per accedere
}
hold-text = { $purpose ->
    [verify-email] Hai aperto un link che conferma il tuo indirizzo e-mail. Premi il pulsante per usarlo.
    [other] Hai aperto un link ricevuto per e-mail. Premi il pulsante per usarlo.
   *[sign-in] Hai aperto un link di accesso. Premi il pulsante per usarlo.
}
hold-action = { $purpose ->
    [verify-email] Conferma indirizzo e-mail
    [other] Continua
   *[sign-in] Continua con l’accesso
}
hold-why = Perché questa pagina? A volte i programmi di posta aprono i link da soli. Il tuo resta inutilizzato finché non premi.
hold-unasked = Se non hai chiesto questo link, chiudi questa pagina.

### The same page where digits have to be typed

code-text = { $purpose ->
    [verify-email] Hai aperto un link che conferma il tuo indirizzo e-mail. Digita le cifre qui sotto e premi il pulsante per usarlo.
    [other] Hai aperto un link ricevuto per e-mail. Digita le cifre qui sotto e premi il pulsante per usarlo.
   *[sign-in] Hai aperto un link di accesso. Digita le cifre qui sotto e premi il pulsante per usarlo.
}
code-label = Digita queste cifre:
code-why = Perché delle cifre? A volte dei programmi aprono i link delle e-mail, e questa visita ne ricordava un po’ uno. Digitarle mostra che c’è una persona. Fino ad allora il tuo link resta inutilizzato.
code-needed = Ancora una cosa: digita anche le cifre, per favore.
code-missing = Prima digita le cifre, per favore.
code-wrong = Queste cifre non erano giuste. Confrontale e digitale di nuovo.
code-wrong-again = Queste cifre non erano giuste. Attendi dieci secondi, poi digitale di nuovo.
code-wrong-and-replaced = Le cifre non erano giuste, quindi eccone di nuove. Attendi qualche secondo, poi digitale.
code-too-soon = Era un po’ troppo presto. Attendi dieci secondi, poi premi di nuovo il pulsante.
code-replaced = Le cifre sono cambiate. Digita quelle nuove, per favore.

### The same page inside another app, such as a mail app

app-note = { $purpose ->
    [sign-in] Questa pagina è aperta dentro un’altra app. Per accedere nel tuo browser, aprila lì.
   *[other] Questa pagina è aperta dentro un’altra app. Se preferisci, aprila nel tuo browser.
}
app-open = Apri nel browser
app-copy = Copia link
app-copied = Link copiato

### Notices: a heading, what happened, and the way on

link-invalid-heading = Questo link non si può usare
link-invalid-what = { $purpose ->
    [verify-email] Questo link di conferma non è valido.
    [other] Questo link non è valido.
   *[sign-in] Questo link di accesso non è valido.
}
link-invalid-way = Chiedine uno nuovo per continuare.

link-used-heading = Hai già usato questo link
link-used-what = Ogni link funziona una volta sola, e questo ha già fatto il suo lavoro in questo browser.
link-used-way = { $purpose ->
    [verify-email] Forse il tuo indirizzo e-mail è già confermato. Altrimenti chiedi un nuovo link.
    [other] Guarda nelle altre schede. Se manca qualcosa, chiedi un nuovo link.
   *[sign-in] Guarda nelle altre schede: forse hai già effettuato l’accesso. Altrimenti chiedi un nuovo link.
}

link-used-elsewhere-heading = Questo link è già stato usato
link-used-elsewhere-what = Ogni link funziona una volta sola. Questo è stato usato in un altro browser, forse dentro la tua app di posta.
link-used-elsewhere-way = { $purpose ->
    [verify-email] Forse il tuo indirizzo e-mail è già confermato. Altrimenti chiedi un nuovo link.
    [other] Guarda prima lì. Se manca qualcosa, chiedi un nuovo link.
   *[sign-in] Guarda prima lì: forse hai effettuato l’accesso. Per accedere qui, chiedi un nuovo link.
}

link-expired-heading = Questo link è troppo vecchio
link-expired-what = I link valgono solo per poco tempo, e quello di questo è passato.
link-expired-way = Chiedine uno nuovo per continuare.

too-many-tries-heading = Troppi tentativi
too-many-tries-what = Per ora questo servizio non riceve altri tentativi.
too-many-tries-way = Attendi qualche minuto, poi riprova.

link-incomplete-heading = Questo link è incompleto
link-incomplete-what = Sembra che sia stato tagliato o modificato lungo il percorso.
link-incomplete-way = Copia il link intero dalla tua e-mail nella barra degli indirizzi, oppure chiedine uno nuovo.

bad-request-heading = Questo indirizzo non si può aprire
bad-request-what = Questo indirizzo non si può aprire così com’è scritto.
bad-request-way = Se è arrivato per e-mail, apri di nuovo il link da lì, oppure copialo intero.

opened-elsewhere-heading = Questo link è appena stato aperto
opened-elsewhere-what = È stato aperto un attimo fa in un’altra finestra o app.
opened-elsewhere-way = { $purpose ->
    [verify-email] Guarda prima lì: forse il tuo indirizzo e-mail è già confermato. Se non eri tu, chiedi un nuovo link.
    [other] Guarda prima lì. Se non eri tu, chiedi un nuovo link.
   *[sign-in] Guarda prima lì: forse hai già effettuato l’accesso. Se non eri tu, chiedi un nuovo link.
}

confirmation-required-heading = Prima apri il link, per favore
confirmation-required-what = { $purpose ->
    [sign-in] Il link di accesso di questa richiesta non è ancora stato confermato, oppure lo è stato troppo tempo fa.
   *[other] Il link di questa richiesta non è ancora stato confermato, oppure lo è stato troppo tempo fa.
}
confirmation-required-way = Apri il link dalla tua e-mail e premi il pulsante che trovi lì.

call-refused-heading = Questa richiesta non si può leggere
call-refused-what = È stata inviata in una forma che non si può verificare, quindi non è stata inoltrata.
call-refused-way = { -open-again }

visit-refused-heading = Questo link non si può aprire qui
visit-refused-what = Questo sito non lascia che questo programma o questa rete apra i suoi link.
visit-refused-way = Prova un altro browser o un’altra rete, oppure rivolgiti all’assistenza del sito indicando il riferimento qui sotto.

method-not-allowed-heading = Questa pagina non si può usare così
method-not-allowed-what = Il tuo browser o programma ha fatto una richiesta che questo indirizzo non conosce.
method-not-allowed-way = { -open-again }

unknown-host-heading = Questo sito non è qui
unknown-host-what = Il nome nell’indirizzo non appartiene a nessun sito di questo server.
unknown-host-way = Controlla che nell’indirizzo non ci siano errori di battitura.

request-timeout-heading = Ci è voluto troppo tempo
request-timeout-what = La tua richiesta non è arrivata intera in tempo.
request-timeout-way = Controlla la connessione, torna indietro e riprova.

content-too-large-heading = È troppo in una volta sola
content-too-large-what = Ciò che è stato inviato supera quanto questo indirizzo può ricevere.
content-too-large-way = Torna indietro e invia di meno.

target-too-long-heading = Questo indirizzo è troppo lungo
target-too-long-what = È più lungo di quanto questo server può ricevere.
target-too-long-way = Se è arrivato per e-mail, apri di nuovo il link da lì.

confirmation-not-sent-heading = { $purpose ->
    [sign-in] Al momento non è possibile accedere
   *[other] Al momento il servizio non è raggiungibile
}
confirmation-not-sent-what = Il servizio non risponde. Il tuo link non è stato usato.
confirmation-not-sent-way = Attendi un momento, poi riprova.

confirmation-unknown-heading = Qualcosa è andato storto lungo il percorso
confirmation-unknown-what = Il servizio si è interrotto, quindi non possiamo dire se il tuo link è stato usato.
confirmation-unknown-way = { -try-or-new }

confirmation-timeout-heading = { $purpose ->
    [sign-in] L’accesso richiede troppo tempo
   *[other] Ci vuole troppo tempo
}
confirmation-timeout-what = Il servizio non ha risposto in tempo, quindi non possiamo dire se il tuo link è stato usato.
confirmation-timeout-way = { -try-or-new }

upstream-down-heading = Al momento questo sito non è raggiungibile
upstream-down-what = Il servizio dietro questa pagina non risponde.
upstream-down-way = { -reload }

upstream-broken-heading = Qualcosa è andato storto lungo il percorso
upstream-broken-what = Il servizio dietro questa pagina ha interrotto la risposta.
upstream-broken-way = { -reload }

upstream-slow-heading = Ci vuole troppo tempo
upstream-slow-what = Il servizio dietro questa pagina non ha risposto in tempo.
upstream-slow-way = { -reload }

busy-heading = Al momento c’è molta attività
busy-what = Ci sono qui più persone del solito nello stesso momento.
busy-way = { -reload }

internal-heading = Qualcosa è andato storto qui
internal-what = L’errore è nostro, non tuo.
internal-way = { -reload } Se il problema resta, indica all’assistenza del sito il riferimento qui sotto.
