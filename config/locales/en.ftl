# English. How texts are written and tried: docs/languages.md.
#
# { $purpose } tells what the link is for: sign-in, verify-email or other.
# Keep sentences short and calm. Buttons say what they do, and are never called
# Accept, Agree, Allow or OK: some browsers press those by themselves.

### Used in several texts

-reload = Wait a moment, then load the page again.
-try-or-new = You can try again. If the link no longer works, ask for a new one.
-open-again = Open the link from your mail again.

### On every page

# The language's own name, as it stands in the list of languages.
language-name = English
# Names the list of languages.
language = Language
# The button beside the list.
language-change = Change language
# The number that a help desk asks for.
reference = Reference: { $reference }
# Link to the page where a new mail can be asked for.
new-link = Send a new link
# Link back to the page with the button.
try-again = Try again

### The page that holds a link until a person presses

# In the browser's tab.
hold-title = { $purpose ->
    [verify-email] Confirm your email address
    [other] Continue
   *[sign-in] Continue to sign in
}
hold-heading = { $purpose ->
    [verify-email] One more step to confirm your email address
    [other] One more step
   *[sign-in] One more step to sign in
}
hold-text = { $purpose ->
    [verify-email] You opened a link that confirms your email address. Press the button to use it.
    [other] You opened a link from a mail. Press the button to use it.
   *[sign-in] You opened a sign-in link. Press the button to use it.
}
hold-action = { $purpose ->
    [verify-email] Confirm email address
    [other] Continue
   *[sign-in] Continue to sign in
}
hold-why = Why this page? Mail programs sometimes open links by themselves. Yours stays unused until you press.
hold-unasked = If you didn't ask for this link, close this page.

### The same page where digits have to be typed

code-text = { $purpose ->
    [verify-email] You opened a link that confirms your email address. Type the digits below and press the button to use it.
    [other] You opened a link from a mail. Type the digits below and press the button to use it.
   *[sign-in] You opened a sign-in link. Type the digits below and press the button to use it.
}
# The digits follow.
code-label = Type these digits:
code-why = Why digits? Programs sometimes open links from mails, and this visit looked a little like one. Typing them shows that a person is here. Your link stays unused until then.
code-needed = One thing more: please type the digits too.
code-missing = Please type the digits first.
code-wrong = These digits were not right. Please compare them and type them again.
code-wrong-again = These digits were not right. Wait ten seconds, then type them again.
code-wrong-and-replaced = The digits were not right, so here are new ones. Wait a few seconds, then type them.
code-too-soon = That was a little too soon. Wait ten seconds, then press the button again.
code-replaced = The digits have changed. Please type the new ones.

### The same page inside another app, such as a mail app

app-note = { $purpose ->
    [sign-in] This page is inside another app. To be signed in in your browser, open it there.
   *[other] This page is inside another app. You can open it in your browser instead.
}
app-open = Open in browser
app-copy = Copy link
# Said once the link was copied.
app-copied = Link copied

### Notices: a heading, what happened, and the way on

link-invalid-heading = This link can't be used
link-invalid-what = { $purpose ->
    [verify-email] This confirmation link isn't valid.
    [other] This link isn't valid.
   *[sign-in] This sign-in link isn't valid.
}
link-invalid-way = Request a fresh one to continue.

link-used-heading = You have used this link already
link-used-what = Each link works once, and this one has done its work in this browser.
link-used-way = { $purpose ->
    [verify-email] Your email address may be confirmed already. If not, ask for a new link.
    [other] Look in your other tabs. If something is missing, ask for a new link.
   *[sign-in] Look in your other tabs: you may be signed in already. If not, ask for a new link.
}

link-used-elsewhere-heading = This link was used already
link-used-elsewhere-what = Each link works once. This one was used in another browser, perhaps inside your mail app.
link-used-elsewhere-way = { $purpose ->
    [verify-email] Your email address may be confirmed already. If not, ask for a new link.
    [other] Look there first. If something is missing, ask for a new link.
   *[sign-in] Look there first: you may be signed in. To sign in here, ask for a new link.
}

link-expired-heading = This link is too old
link-expired-what = Links work for a short time only, and this one's time is over.
link-expired-way = Ask for a new one to continue.

too-many-tries-heading = Too many tries
too-many-tries-what = This service takes no more tries for now.
too-many-tries-way = Wait a few minutes, then try again.

link-incomplete-heading = This link isn't complete
link-incomplete-what = It seems to have been cut or changed on its way to you.
link-incomplete-way = Copy the whole link from your mail into the address bar, or ask for a new one.

bad-request-heading = This address can't be opened
bad-request-what = This address can't be opened as it is written.
bad-request-way = If it came by mail, open the link there again, or copy it whole.

opened-elsewhere-heading = This link was just opened
opened-elsewhere-what = It was opened in another window or app a moment ago.
opened-elsewhere-way = { $purpose ->
    [verify-email] Look there first: your email address may be confirmed already. If that wasn't you, ask for a new link.
    [other] Look there first. If that wasn't you, ask for a new link.
   *[sign-in] Look there first: you may be signed in already. If that wasn't you, ask for a new link.
}

confirmation-required-heading = Please open the link first
confirmation-required-what = { $purpose ->
    [sign-in] The sign-in link behind this request has not been confirmed yet, or too long ago.
   *[other] The link behind this request has not been confirmed yet, or too long ago.
}
confirmation-required-way = Open the link from your mail and press the button there.

call-refused-heading = This request can't be read
call-refused-what = It was sent in a form that can't be checked, so it was not passed on.
call-refused-way = { -open-again }

visit-refused-heading = This link can't be opened here
visit-refused-what = This site doesn't let this program or network open its links.
visit-refused-way = Try another browser or network, or ask the site's help desk and name the reference below.

method-not-allowed-heading = This page can't be used that way
method-not-allowed-what = Your browser or program asked in a way that this address doesn't know.
method-not-allowed-way = { -open-again }

unknown-host-heading = This site isn't here
unknown-host-what = The name in the address belongs to no site on this server.
unknown-host-way = Check the address for a typing mistake.

request-timeout-heading = That took too long
request-timeout-what = Your request didn't arrive whole in time.
request-timeout-way = Check your connection, go back and try again.

content-too-large-heading = That's too much at once
content-too-large-what = What was sent is larger than this address takes.
content-too-large-way = Go back and send less.

target-too-long-heading = This address is too long
target-too-long-what = It is longer than this server takes.
target-too-long-way = If it came by mail, open the link there again.

# Certainly nothing was sent: the only notice that may call the link unused.
confirmation-not-sent-heading = { $purpose ->
    [sign-in] Sign-in can't be reached right now
   *[other] The service can't be reached right now
}
confirmation-not-sent-what = The service isn't answering. Your link has not been used.
confirmation-not-sent-way = Wait a moment, then try again.

confirmation-unknown-heading = Something went wrong on the way
confirmation-unknown-what = The service broke off, so we can't tell whether your link was used.
confirmation-unknown-way = { -try-or-new }

confirmation-timeout-heading = { $purpose ->
    [sign-in] Sign-in is taking too long
   *[other] This is taking too long
}
confirmation-timeout-what = The service didn't answer in time, so we can't tell whether your link was used.
confirmation-timeout-way = { -try-or-new }

upstream-down-heading = This site can't be reached right now
upstream-down-what = The service behind this page isn't answering.
upstream-down-way = { -reload }

upstream-broken-heading = Something went wrong on the way
upstream-broken-what = The service behind this page broke off its answer.
upstream-broken-way = { -reload }

upstream-slow-heading = This is taking too long
upstream-slow-what = The service behind this page didn't answer in time.
upstream-slow-way = { -reload }

busy-heading = Very busy right now
busy-what = More people than usual are here at once.
busy-way = { -reload }

internal-heading = Something went wrong here
internal-what = This is our mistake, not yours.
internal-way = { -reload } If it stays, tell the site's support the reference below.
