# Polish. What each text is for stands in en.ftl; how texts are written and tried: docs/languages.md.

### Used in several texts

-reload = Poczekaj chwilę, a potem odśwież stronę.
-try-or-new = Możesz spróbować ponownie. Jeśli link już nie działa, poproś o nowy.
-open-again = Otwórz link z wiadomości jeszcze raz.

### On every page

language-name = Polski
language = Język
language-change = Zmień język
reference = Numer referencyjny: { $reference }
new-link = Wyślij nowy link
try-again = Spróbuj ponownie

### The page that holds a link until a person presses

hold-title = { $purpose ->
    [verify-email] Potwierdź swój adres e-mail
    [other] Dalej
   *[sign-in] Przejdź do logowania
}
hold-heading = { $purpose ->
    [verify-email] Jeszcze jeden krok do potwierdzenia adresu e-mail
    [other] Jeszcze jeden krok
   *[sign-in] Jeszcze jeden krok do zalogowania
}
hold-text = { $purpose ->
    [verify-email] Otwarto link, który potwierdza Twój adres e-mail. Naciśnij przycisk, aby go użyć.
    [other] Otwarto link z wiadomości e-mail. Naciśnij przycisk, aby go użyć.
   *[sign-in] Otwarto link do logowania. Naciśnij przycisk, aby go użyć.
}
hold-action = { $purpose ->
    [verify-email] Potwierdź adres e-mail
    [other] Dalej
   *[sign-in] Przejdź do logowania
}
hold-why = Skąd ta strona? Programy pocztowe czasem same otwierają linki. Twój pozostanie nieużyty, dopóki nie naciśniesz przycisku.
hold-unasked = Jeśli ten link nie był przez Ciebie zamawiany, zamknij tę stronę.

### The same page where digits have to be typed

code-text = { $purpose ->
    [verify-email] Otwarto link, który potwierdza Twój adres e-mail. Wpisz poniższe cyfry i naciśnij przycisk, aby go użyć.
    [other] Otwarto link z wiadomości e-mail. Wpisz poniższe cyfry i naciśnij przycisk, aby go użyć.
   *[sign-in] Otwarto link do logowania. Wpisz poniższe cyfry i naciśnij przycisk, aby go użyć.
}
code-label = Wpisz te cyfry:
code-why = Po co cyfry? Programy czasem otwierają linki z wiadomości, a te odwiedziny trochę na to wyglądały. Wpisanie cyfr pokazuje, że jest tu człowiek. Do tego czasu Twój link pozostanie nieużyty.
code-needed = Jeszcze jedno: wpisz też cyfry.
code-missing = Najpierw wpisz cyfry.
code-wrong = Te cyfry się nie zgadzają. Porównaj je i wpisz jeszcze raz.
code-wrong-again = Te cyfry się nie zgadzają. Poczekaj dziesięć sekund i wpisz je jeszcze raz.
code-wrong-and-replaced = Cyfry się nie zgadzały, więc oto nowe. Poczekaj kilka sekund i je wpisz.
code-too-soon = To było trochę za wcześnie. Poczekaj dziesięć sekund i naciśnij przycisk jeszcze raz.
code-replaced = Cyfry się zmieniły. Wpisz nowe.

### The same page inside another app, such as a mail app

app-note = { $purpose ->
    [sign-in] Ta strona jest otwarta w innej aplikacji. Aby zalogować się w przeglądarce, otwórz ją tam.
   *[other] Ta strona jest otwarta w innej aplikacji. Możesz otworzyć ją w przeglądarce.
}
app-open = Otwórz w przeglądarce
app-copy = Kopiuj link
app-copied = Link skopiowany

### Notices: a heading, what happened, and the way on

link-invalid-heading = Tego linku nie można użyć
link-invalid-what = { $purpose ->
    [verify-email] Ten link potwierdzający jest nieważny.
    [other] Ten link jest nieważny.
   *[sign-in] Ten link do logowania jest nieważny.
}
link-invalid-way = Aby kontynuować, poproś o nowy.

link-used-heading = Ten link został już przez Ciebie użyty
link-used-what = Każdy link działa raz, a ten spełnił już swoje zadanie w tej przeglądarce.
link-used-way = { $purpose ->
    [verify-email] Być może Twój adres e-mail jest już potwierdzony. Jeśli nie, poproś o nowy link.
    [other] Sprawdź inne karty. Jeśli czegoś brakuje, poproś o nowy link.
   *[sign-in] Sprawdź inne karty: być może logowanie już się udało. Jeśli nie, poproś o nowy link.
}

link-used-elsewhere-heading = Ten link został już użyty
link-used-elsewhere-what = Każdy link działa raz. Tego użyto w innej przeglądarce, być może w Twojej aplikacji pocztowej.
link-used-elsewhere-way = { $purpose ->
    [verify-email] Być może Twój adres e-mail jest już potwierdzony. Jeśli nie, poproś o nowy link.
    [other] Najpierw sprawdź tam. Jeśli czegoś brakuje, poproś o nowy link.
   *[sign-in] Najpierw sprawdź tam: być może logowanie już się udało. Aby zalogować się tutaj, poproś o nowy link.
}

link-expired-heading = Ten link jest za stary
link-expired-what = Linki działają tylko przez krótki czas, a czas tego już minął.
link-expired-way = Aby kontynuować, poproś o nowy.

too-many-tries-heading = Za dużo prób
too-many-tries-what = Ta usługa chwilowo nie przyjmuje kolejnych prób.
too-many-tries-way = Poczekaj kilka minut i spróbuj ponownie.

link-incomplete-heading = Ten link jest niepełny
link-incomplete-what = Wygląda na to, że po drodze został ucięty lub zmieniony.
link-incomplete-way = Skopiuj cały link z wiadomości do paska adresu albo poproś o nowy.

bad-request-heading = Tego adresu nie można otworzyć
bad-request-what = Tego adresu nie można otworzyć w takiej postaci, w jakiej jest zapisany.
bad-request-way = Jeśli pochodzi z wiadomości, otwórz link stamtąd jeszcze raz albo skopiuj go w całości.

opened-elsewhere-heading = Ten link został właśnie otwarty
opened-elsewhere-what = Przed chwilą otwarto go w innym oknie lub w innej aplikacji.
opened-elsewhere-way = { $purpose ->
    [verify-email] Najpierw sprawdź tam: być może Twój adres e-mail jest już potwierdzony. Jeśli otworzył go kto inny, poproś o nowy link.
    [other] Najpierw sprawdź tam. Jeśli otworzył go kto inny, poproś o nowy link.
   *[sign-in] Najpierw sprawdź tam: być może logowanie już się udało. Jeśli otworzył go kto inny, poproś o nowy link.
}

confirmation-required-heading = Najpierw otwórz link
confirmation-required-what = { $purpose ->
    [sign-in] Link do logowania, którego dotyczy to żądanie, nie został jeszcze potwierdzony albo było to zbyt dawno.
   *[other] Link, którego dotyczy to żądanie, nie został jeszcze potwierdzony albo było to zbyt dawno.
}
confirmation-required-way = Otwórz link z wiadomości i naciśnij tam przycisk.

call-refused-heading = Tego żądania nie można odczytać
call-refused-what = Zostało wysłane w postaci, której nie można sprawdzić, więc nie zostało przekazane.
call-refused-way = { -open-again }

visit-refused-heading = Tego linku nie można tu otworzyć
visit-refused-what = Ta witryna nie pozwala temu programowi lub tej sieci otwierać swoich linków.
visit-refused-way = Spróbuj w innej przeglądarce lub sieci albo zwróć się do pomocy witryny i podaj poniższy numer referencyjny.

method-not-allowed-heading = Tej strony nie można tak używać
method-not-allowed-what = Przeglądarka lub program zwróciły się tu w sposób, którego ten adres nie zna.
method-not-allowed-way = { -open-again }

unknown-host-heading = Tej witryny tu nie ma
unknown-host-what = Nazwa w adresie nie należy do żadnej witryny na tym serwerze.
unknown-host-way = Sprawdź, czy w adresie nie ma literówki.

request-timeout-heading = To trwało zbyt długo
request-timeout-what = Twoje żądanie nie dotarło na czas w całości.
request-timeout-way = Sprawdź połączenie, wróć i spróbuj ponownie.

content-too-large-heading = To za dużo naraz
content-too-large-what = To, co wysłano, jest większe, niż ten adres przyjmuje.
content-too-large-way = Wróć i wyślij mniej.

target-too-long-heading = Ten adres jest za długi
target-too-long-what = Jest dłuższy, niż ten serwer przyjmuje.
target-too-long-way = Jeśli pochodzi z wiadomości, otwórz link stamtąd jeszcze raz.

confirmation-not-sent-heading = { $purpose ->
    [sign-in] Logowanie jest teraz niedostępne
   *[other] Usługa jest teraz niedostępna
}
confirmation-not-sent-what = Usługa nie odpowiada. Twój link nie został użyty.
confirmation-not-sent-way = Poczekaj chwilę i spróbuj ponownie.

confirmation-unknown-heading = Coś poszło nie tak po drodze
confirmation-unknown-what = Usługa przerwała odpowiedź, więc nie wiadomo, czy Twój link został użyty.
confirmation-unknown-way = { -try-or-new }

confirmation-timeout-heading = { $purpose ->
    [sign-in] Logowanie trwa zbyt długo
   *[other] To trwa zbyt długo
}
confirmation-timeout-what = Usługa nie odpowiedziała na czas, więc nie wiadomo, czy Twój link został użyty.
confirmation-timeout-way = { -try-or-new }

upstream-down-heading = Ta witryna jest teraz niedostępna
upstream-down-what = Usługa, która obsługuje tę stronę, nie odpowiada.
upstream-down-way = { -reload }

upstream-broken-heading = Coś poszło nie tak po drodze
upstream-broken-what = Usługa, która obsługuje tę stronę, przerwała odpowiedź.
upstream-broken-way = { -reload }

upstream-slow-heading = To trwa zbyt długo
upstream-slow-what = Usługa, która obsługuje tę stronę, nie odpowiedziała na czas.
upstream-slow-way = { -reload }

busy-heading = Duży ruch w tej chwili
busy-what = Jest tu naraz więcej osób niż zwykle.
busy-way = { -reload }

internal-heading = Coś poszło tu nie tak
internal-what = To nasz błąd, nie Twój.
internal-way = { -reload } Jeśli to się powtarza, podaj pomocy witryny poniższy numer referencyjny.
