# Dutch. What each text is for stands in en.ftl; how texts are written and tried: docs/languages.md.

### Used in several texts

-reload = Wacht even en laad de pagina dan opnieuw.
-try-or-new = U kunt het nog eens proberen. Werkt de link niet meer, vraag dan een nieuwe aan.
-open-again = Open de link nog eens vanuit uw e-mail.

### On every page

language-name = Nederlands
language = Taal
language-change = Taal wijzigen
reference = Referentie: { $reference }
new-link = Nieuwe link sturen
try-again = Nog eens proberen

### The page that holds a link until a person presses

hold-title = { $purpose ->
    [verify-email] Uw e-mailadres bevestigen
    [other] Doorgaan
   *[sign-in] Doorgaan met inloggen
}
hold-heading = { $purpose ->
    [verify-email] Nog één stap om uw e-mailadres te bevestigen
    [other] Nog één stap
   *[sign-in] Nog één stap om in te loggen
}
hold-text = { $purpose ->
    [verify-email] U hebt een link geopend die uw e-mailadres bevestigt. Druk op de knop om hem te gebruiken.
    [other] U hebt een link uit een e-mail geopend. Druk op de knop om hem te gebruiken.
   *[sign-in] U hebt een inloglink geopend. Druk op de knop om hem te gebruiken.
}
hold-action = { $purpose ->
    [verify-email] E-mailadres bevestigen
    [other] Doorgaan
   *[sign-in] Doorgaan met inloggen
}
hold-why = Waarom deze pagina? Mailprogramma’s openen links soms vanzelf. Uw link blijft ongebruikt totdat u op de knop drukt.
hold-unasked = Hebt u niet om deze link gevraagd, sluit dan deze pagina.

### The same page where digits have to be typed

code-text = { $purpose ->
    [verify-email] U hebt een link geopend die uw e-mailadres bevestigt. Typ de cijfers hieronder en druk op de knop om hem te gebruiken.
    [other] U hebt een link uit een e-mail geopend. Typ de cijfers hieronder en druk op de knop om hem te gebruiken.
   *[sign-in] U hebt een inloglink geopend. Typ de cijfers hieronder en druk op de knop om hem te gebruiken.
}
code-label = Typ deze cijfers:
code-why = Waarom cijfers? Programma’s openen soms links uit e-mails, en dit bezoek leek daar een beetje op. Door ze te typen laat u zien dat er een mens is. Tot dan blijft uw link ongebruikt.
code-needed = Nog één ding: typ ook de cijfers, alstublieft.
code-missing = Typ eerst de cijfers, alstublieft.
code-wrong = Deze cijfers klopten niet. Vergelijk ze en typ ze nog eens.
code-wrong-again = Deze cijfers klopten niet. Wacht tien seconden en typ ze dan nog eens.
code-wrong-and-replaced = De cijfers klopten niet, daarom staan er nu nieuwe. Wacht een paar seconden en typ ze dan.
code-too-soon = Dat was iets te vroeg. Wacht tien seconden en druk dan nog eens op de knop.
code-replaced = De cijfers zijn veranderd. Typ de nieuwe, alstublieft.

### The same page inside another app, such as a mail app

app-note = { $purpose ->
    [sign-in] Deze pagina is geopend in een andere app. Wilt u in uw browser ingelogd zijn, open haar dan daar.
   *[other] Deze pagina is geopend in een andere app. U kunt haar ook in uw browser openen.
}
app-open = Openen in browser
app-copy = Link kopiëren
app-copied = Link gekopieerd

### Notices: a heading, what happened, and the way on

link-invalid-heading = Deze link kan niet worden gebruikt
link-invalid-what = { $purpose ->
    [verify-email] Deze bevestigingslink is niet geldig.
    [other] Deze link is niet geldig.
   *[sign-in] Deze inloglink is niet geldig.
}
link-invalid-way = Vraag een nieuwe aan om door te gaan.

link-used-heading = U hebt deze link al gebruikt
link-used-what = Elke link werkt één keer, en deze heeft in deze browser zijn werk gedaan.
link-used-way = { $purpose ->
    [verify-email] Misschien is uw e-mailadres al bevestigd. Zo niet, vraag dan een nieuwe link aan.
    [other] Kijk in uw andere tabbladen. Ontbreekt er iets, vraag dan een nieuwe link aan.
   *[sign-in] Kijk in uw andere tabbladen: misschien bent u al ingelogd. Zo niet, vraag dan een nieuwe link aan.
}

link-used-elsewhere-heading = Deze link is al gebruikt
link-used-elsewhere-what = Elke link werkt één keer. Deze is in een andere browser gebruikt, misschien in uw mailapp.
link-used-elsewhere-way = { $purpose ->
    [verify-email] Misschien is uw e-mailadres al bevestigd. Zo niet, vraag dan een nieuwe link aan.
    [other] Kijk eerst daar. Ontbreekt er iets, vraag dan een nieuwe link aan.
   *[sign-in] Kijk eerst daar: misschien bent u ingelogd. Wilt u hier inloggen, vraag dan een nieuwe link aan.
}

link-expired-heading = Deze link is te oud
link-expired-what = Links werken maar kort, en de tijd van deze is voorbij.
link-expired-way = Vraag een nieuwe aan om door te gaan.

too-many-tries-heading = Te veel pogingen
too-many-tries-what = Deze dienst neemt voorlopig geen pogingen meer aan.
too-many-tries-way = Wacht een paar minuten en probeer het dan nog eens.

link-incomplete-heading = Deze link is niet compleet
link-incomplete-what = Hij lijkt onderweg te zijn afgekapt of veranderd.
link-incomplete-way = Kopieer de hele link uit uw e-mail naar de adresbalk, of vraag een nieuwe aan.

bad-request-heading = Dit adres kan niet worden geopend
bad-request-what = Dit adres kan niet worden geopend zoals het geschreven is.
bad-request-way = Kwam het per e-mail, open de link daar dan nog eens, of kopieer hem helemaal.

opened-elsewhere-heading = Deze link is zojuist geopend
opened-elsewhere-what = Hij is een ogenblik geleden in een ander venster of een andere app geopend.
opened-elsewhere-way = { $purpose ->
    [verify-email] Kijk eerst daar: misschien is uw e-mailadres al bevestigd. Was u dat niet, vraag dan een nieuwe link aan.
    [other] Kijk eerst daar. Was u dat niet, vraag dan een nieuwe link aan.
   *[sign-in] Kijk eerst daar: misschien bent u al ingelogd. Was u dat niet, vraag dan een nieuwe link aan.
}

confirmation-required-heading = Open eerst de link
confirmation-required-what = { $purpose ->
    [sign-in] De inloglink achter dit verzoek is nog niet bevestigd, of te lang geleden.
   *[other] De link achter dit verzoek is nog niet bevestigd, of te lang geleden.
}
confirmation-required-way = Open de link vanuit uw e-mail en druk daar op de knop.

call-refused-heading = Dit verzoek is niet leesbaar
call-refused-what = Het is verstuurd in een vorm die niet te controleren is, en daarom niet doorgegeven.
call-refused-way = { -open-again }

visit-refused-heading = Deze link kan hier niet worden geopend
visit-refused-what = Deze site laat dit programma of netwerk haar links niet openen.
visit-refused-way = Probeer een andere browser of een ander netwerk, of vraag het de helpdesk van de site en noem de referentie hieronder.

method-not-allowed-heading = Zo kan deze pagina niet worden gebruikt
method-not-allowed-what = Uw browser of programma vroeg iets op een manier die dit adres niet kent.
method-not-allowed-way = { -open-again }

unknown-host-heading = Deze site is hier niet
unknown-host-what = De naam in het adres hoort bij geen enkele site op deze server.
unknown-host-way = Controleer het adres op typefouten.

request-timeout-heading = Dat duurde te lang
request-timeout-what = Uw verzoek kwam niet op tijd volledig aan.
request-timeout-way = Controleer uw verbinding, ga terug en probeer het nog eens.

content-too-large-heading = Dat is te veel tegelijk
content-too-large-what = Wat is verstuurd, is groter dan dit adres aanneemt.
content-too-large-way = Ga terug en stuur minder.

target-too-long-heading = Dit adres is te lang
target-too-long-what = Het is langer dan deze server aanneemt.
target-too-long-way = Kwam het per e-mail, open de link daar dan nog eens.

confirmation-not-sent-heading = { $purpose ->
    [sign-in] Inloggen is nu niet mogelijk
   *[other] De dienst is nu niet bereikbaar
}
confirmation-not-sent-what = De dienst antwoordt niet. Uw link is niet gebruikt.
confirmation-not-sent-way = Wacht even en probeer het dan nog eens.

confirmation-unknown-heading = Er ging onderweg iets mis
confirmation-unknown-what = De dienst brak af, daarom is niet te zeggen of uw link is gebruikt.
confirmation-unknown-way = { -try-or-new }

confirmation-timeout-heading = { $purpose ->
    [sign-in] Het inloggen duurt te lang
   *[other] Dit duurt te lang
}
confirmation-timeout-what = De dienst antwoordde niet op tijd, daarom is niet te zeggen of uw link is gebruikt.
confirmation-timeout-way = { -try-or-new }

upstream-down-heading = Deze site is nu niet bereikbaar
upstream-down-what = De dienst achter deze pagina antwoordt niet.
upstream-down-way = { -reload }

upstream-broken-heading = Er ging onderweg iets mis
upstream-broken-what = De dienst achter deze pagina brak zijn antwoord af.
upstream-broken-way = { -reload }

upstream-slow-heading = Dit duurt te lang
upstream-slow-what = De dienst achter deze pagina antwoordde niet op tijd.
upstream-slow-way = { -reload }

busy-heading = Het is nu erg druk
busy-what = Er zijn hier meer mensen tegelijk dan anders.
busy-way = { -reload }

internal-heading = Er ging hier iets mis
internal-what = Dit is onze fout, niet de uwe.
internal-way = { -reload } Blijft het zo, noem de helpdesk van de site dan de referentie hieronder.
