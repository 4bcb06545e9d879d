# German. What each text is for stands in en.ftl; how texts are written and tried: docs/languages.md.
# Large texts hold non-breaking hyphens: a narrow window must not cut `E-` from `Mail`.

### Used in several texts

-reload = Bitte warten Sie einen Moment und laden Sie die Seite dann neu.
-try-or-new = Sie können es noch einmal versuchen. Falls der Link nicht mehr funktioniert, fordern Sie einen neuen an.
-open-again = Öffnen Sie den Link noch einmal aus Ihrer E-Mail.

### On every page

language-name = Deutsch
language = Sprache
language-change = Sprache wechseln
reference = Referenz: { $reference }
new-link = Neuen Link senden
try-again = Noch einmal versuchen

### The page that holds a link until a person presses

hold-title = { $purpose ->
    [verify-email] E‑Mail‑Adresse bestätigen
    [other] Weiter
   *[sign-in] Weiter zur Anmeldung
}
hold-heading = { $purpose ->
    [verify-email] Noch ein Schritt, um Ihre E‑Mail-Adresse zu bestätigen
    [other] Noch ein Schritt
   *[sign-in] Noch ein Schritt bis zur Anmeldung
}
hold-text = { $purpose ->
    [verify-email] Sie haben einen Link geöffnet, der Ihre E-Mail-Adresse bestätigt. Drücken Sie den Knopf, um ihn zu verwenden.
    [other] Sie haben einen Link aus einer E-Mail geöffnet. Drücken Sie den Knopf, um ihn zu verwenden.
   *[sign-in] Sie haben einen Anmeldelink geöffnet. Drücken Sie den Knopf, um ihn zu verwenden.
}
hold-action = { $purpose ->
    [verify-email] E‑Mail‑Adresse bestätigen
    [other] Weiter
   *[sign-in] Weiter zur Anmeldung
}
hold-why = Warum diese Seite? Mailprogramme öffnen Links manchmal von selbst. Ihrer bleibt unbenutzt, bis Sie drücken.
hold-unasked = Falls Sie diesen Link nicht angefordert haben, schließen Sie diese Seite.

### The same page where digits have to be typed

code-text = { $purpose ->
    [verify-email] Sie haben einen Link geöffnet, der Ihre E-Mail-Adresse bestätigt. Tippen Sie die Ziffern unten ein und drücken Sie den Knopf, um ihn zu verwenden.
    [other] Sie haben einen Link aus einer E-Mail geöffnet. Tippen Sie die Ziffern unten ein und drücken Sie den Knopf, um ihn zu verwenden.
   *[sign-in] Sie haben einen Anmeldelink geöffnet. Tippen Sie die Ziffern unten ein und drücken Sie den Knopf, um ihn zu verwenden.
}
code-label = Tippen Sie diese Ziffern ein:
code-why = Warum Ziffern? Programme öffnen manchmal Links aus E-Mails, und dieser Besuch sah ein wenig danach aus. Das Eintippen zeigt, dass ein Mensch da ist. Bis dahin bleibt Ihr Link unbenutzt.
code-needed = Noch eines: Bitte tippen Sie auch die Ziffern ein.
code-missing = Bitte tippen Sie zuerst die Ziffern ein.
code-wrong = Diese Ziffern stimmten nicht. Bitte vergleichen Sie sie und tippen Sie sie noch einmal ein.
code-wrong-again = Diese Ziffern stimmten nicht. Warten Sie zehn Sekunden und tippen Sie sie dann noch einmal ein.
code-wrong-and-replaced = Die Ziffern stimmten nicht, deshalb gibt es jetzt neue. Warten Sie ein paar Sekunden und tippen Sie sie dann ein.
code-too-soon = Das war ein wenig zu früh. Warten Sie zehn Sekunden und drücken Sie den Knopf dann noch einmal.
code-replaced = Die Ziffern haben sich geändert. Bitte tippen Sie die neuen ein.

### The same page inside another app, such as a mail app

app-note = { $purpose ->
    [sign-in] Diese Seite ist in einer anderen App geöffnet. Um in Ihrem Browser angemeldet zu sein, öffnen Sie sie dort.
   *[other] Diese Seite ist in einer anderen App geöffnet. Sie können sie stattdessen in Ihrem Browser öffnen.
}
app-open = Im Browser öffnen
app-copy = Link kopieren
app-copied = Link kopiert

### Notices: a heading, what happened, and the way on

link-invalid-heading = Dieser Link ist nicht verwendbar
link-invalid-what = { $purpose ->
    [verify-email] Dieser Bestätigungslink ist nicht gültig.
    [other] Dieser Link ist nicht gültig.
   *[sign-in] Dieser Anmeldelink ist nicht gültig.
}
link-invalid-way = Fordern Sie einen neuen an, um fortzufahren.

link-used-heading = Sie haben diesen Link schon verwendet
link-used-what = Jeder Link funktioniert nur einmal, und dieser hat in diesem Browser schon seinen Dienst getan.
link-used-way = { $purpose ->
    [verify-email] Ihre E-Mail-Adresse ist vielleicht schon bestätigt. Falls nicht, fordern Sie einen neuen Link an.
    [other] Sehen Sie in Ihren anderen Tabs nach. Falls etwas fehlt, fordern Sie einen neuen Link an.
   *[sign-in] Sehen Sie in Ihren anderen Tabs nach: Vielleicht sind Sie schon angemeldet. Falls nicht, fordern Sie einen neuen Link an.
}

link-used-elsewhere-heading = Dieser Link wurde schon verwendet
link-used-elsewhere-what = Jeder Link funktioniert nur einmal. Dieser wurde in einem anderen Browser verwendet, vielleicht in Ihrer Mail-App.
link-used-elsewhere-way = { $purpose ->
    [verify-email] Ihre E-Mail-Adresse ist vielleicht schon bestätigt. Falls nicht, fordern Sie einen neuen Link an.
    [other] Sehen Sie zuerst dort nach. Falls etwas fehlt, fordern Sie einen neuen Link an.
   *[sign-in] Sehen Sie zuerst dort nach: Vielleicht sind Sie angemeldet. Um sich hier anzumelden, fordern Sie einen neuen Link an.
}

link-expired-heading = Dieser Link ist zu alt
link-expired-what = Links gelten nur kurze Zeit, und die Zeit von diesem ist abgelaufen.
link-expired-way = Fordern Sie einen neuen an, um fortzufahren.

too-many-tries-heading = Zu viele Versuche
too-many-tries-what = Dieser Dienst nimmt im Moment keine weiteren Versuche an.
too-many-tries-way = Warten Sie ein paar Minuten und versuchen Sie es dann noch einmal.

link-incomplete-heading = Dieser Link ist unvollständig
link-incomplete-what = Er wurde auf dem Weg zu Ihnen offenbar abgeschnitten oder verändert.
link-incomplete-way = Kopieren Sie den ganzen Link aus Ihrer E-Mail in die Adresszeile, oder fordern Sie einen neuen an.

bad-request-heading = Diese Adresse lässt sich nicht öffnen
bad-request-what = Diese Adresse lässt sich so, wie sie geschrieben ist, nicht öffnen.
bad-request-way = Falls sie aus einer E-Mail stammt, öffnen Sie den Link dort noch einmal, oder kopieren Sie ihn ganz.

opened-elsewhere-heading = Dieser Link wurde gerade geöffnet
opened-elsewhere-what = Er wurde vor einem Moment in einem anderen Fenster oder einer anderen App geöffnet.
opened-elsewhere-way = { $purpose ->
    [verify-email] Sehen Sie zuerst dort nach: Ihre E-Mail-Adresse ist vielleicht schon bestätigt. Falls Sie das nicht waren, fordern Sie einen neuen Link an.
    [other] Sehen Sie zuerst dort nach. Falls Sie das nicht waren, fordern Sie einen neuen Link an.
   *[sign-in] Sehen Sie zuerst dort nach: Vielleicht sind Sie schon angemeldet. Falls Sie das nicht waren, fordern Sie einen neuen Link an.
}

confirmation-required-heading = Bitte öffnen Sie zuerst den Link
confirmation-required-what = { $purpose ->
    [sign-in] Der Anmeldelink zu dieser Anfrage wurde noch nicht bestätigt, oder es ist zu lange her.
   *[other] Der Link zu dieser Anfrage wurde noch nicht bestätigt, oder es ist zu lange her.
}
confirmation-required-way = Öffnen Sie den Link aus Ihrer E-Mail und drücken Sie dort den Knopf.

call-refused-heading = Diese Anfrage ist nicht lesbar
call-refused-what = Sie wurde in einer Form gesendet, die sich nicht prüfen lässt, und deshalb nicht weitergegeben.
call-refused-way = { -open-again }

visit-refused-heading = Dieser Link lässt sich hier nicht öffnen
visit-refused-what = Diese Website lässt dieses Programm oder Netz ihre Links nicht öffnen.
visit-refused-way = Versuchen Sie es mit einem anderen Browser oder Netz, oder wenden Sie sich an die Hilfe der Website und nennen Sie die Referenz unten.

method-not-allowed-heading = Diese Seite lässt sich so nicht verwenden
method-not-allowed-what = Ihr Browser oder Programm hat auf eine Art gefragt, die diese Adresse nicht kennt.
method-not-allowed-way = { -open-again }

unknown-host-heading = Diese Website gibt es hier nicht
unknown-host-what = Der Name in der Adresse gehört zu keiner Website auf diesem Server.
unknown-host-way = Prüfen Sie die Adresse auf Tippfehler.

request-timeout-heading = Das hat zu lange gedauert
request-timeout-what = Ihre Anfrage kam nicht rechtzeitig vollständig an.
request-timeout-way = Prüfen Sie Ihre Verbindung, gehen Sie zurück und versuchen Sie es noch einmal.

content-too-large-heading = Das ist zu viel auf einmal
content-too-large-what = Was gesendet wurde, ist größer, als diese Adresse es annimmt.
content-too-large-way = Gehen Sie zurück und senden Sie weniger.

target-too-long-heading = Diese Adresse ist zu lang
target-too-long-what = Sie ist länger, als dieser Server es annimmt.
target-too-long-way = Falls sie aus einer E-Mail stammt, öffnen Sie den Link dort noch einmal.

confirmation-not-sent-heading = { $purpose ->
    [sign-in] Die Anmeldung ist gerade nicht erreichbar
   *[other] Der Dienst ist gerade nicht erreichbar
}
confirmation-not-sent-what = Der Dienst antwortet nicht. Ihr Link wurde nicht verwendet.
confirmation-not-sent-way = Warten Sie einen Moment und versuchen Sie es dann noch einmal.

confirmation-unknown-heading = Unterwegs ist etwas schiefgegangen
confirmation-unknown-what = Der Dienst hat abgebrochen, deshalb lässt sich nicht sagen, ob Ihr Link verwendet wurde.
confirmation-unknown-way = { -try-or-new }

confirmation-timeout-heading = { $purpose ->
    [sign-in] Die Anmeldung dauert zu lange
   *[other] Das dauert zu lange
}
confirmation-timeout-what = Der Dienst hat nicht rechtzeitig geantwortet, deshalb lässt sich nicht sagen, ob Ihr Link verwendet wurde.
confirmation-timeout-way = { -try-or-new }

upstream-down-heading = Diese Website ist gerade nicht erreichbar
upstream-down-what = Der Dienst hinter dieser Seite antwortet nicht.
upstream-down-way = { -reload }

upstream-broken-heading = Unterwegs ist etwas schiefgegangen
upstream-broken-what = Der Dienst hinter dieser Seite hat seine Antwort abgebrochen.
upstream-broken-way = { -reload }

upstream-slow-heading = Das dauert zu lange
upstream-slow-what = Der Dienst hinter dieser Seite hat nicht rechtzeitig geantwortet.
upstream-slow-way = { -reload }

busy-heading = Gerade ist viel los
busy-what = Es sind mehr Menschen als sonst gleichzeitig hier.
busy-way = { -reload }

internal-heading = Hier ist etwas schiefgegangen
internal-what = Das ist unser Fehler, nicht Ihrer.
internal-way = { -reload } Falls es so bleibt, nennen Sie der Hilfe der Website die Referenz unten.
