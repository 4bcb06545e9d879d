# French. What each text is for stands in en.ftl; how texts are written and tried: docs/languages.md.

### Used in several texts

-reload = Patientez un instant, puis rechargez la page.
-try-or-new = Vous pouvez réessayer. Si le lien ne fonctionne plus, demandez-en un nouveau.
-open-again = Ouvrez de nouveau le lien depuis votre e-mail.

### On every page

language-name = Français
language = Langue
language-change = Changer de langue
reference = Référence : { $reference }
new-link = Envoyer un nouveau lien
try-again = Réessayer

### The page that holds a link until a person presses

hold-title = { $purpose ->
    [verify-email] Confirmer votre adresse e-mail
    [other] Continuer
   *[sign-in] Poursuivre la connexion
}
hold-heading = { $purpose ->
    [verify-email] Encore une étape pour confirmer votre adresse e-mail
    [other] Encore une étape
   *[sign-in] Encore une étape pour vous connecter
}
hold-text = { $purpose ->
    [verify-email] Vous avez ouvert un lien qui confirme votre adresse e-mail. Appuyez sur le bouton pour l’utiliser.
    [other] Vous avez ouvert un lien reçu par e-mail. Appuyez sur le bouton pour l’utiliser.
   *[sign-in] Vous avez ouvert un lien de connexion. Appuyez sur le bouton pour l’utiliser.
}
hold-action = { $purpose ->
    [verify-email] Confirmer l’adresse e-mail
    [other] Continuer
   *[sign-in] Poursuivre la connexion
}
hold-why = Pourquoi cette page ? Les logiciels de messagerie ouvrent parfois les liens d’eux-mêmes. Le vôtre reste inutilisé tant que vous n’avez pas appuyé.
hold-unasked = Si vous n’avez pas demandé ce lien, fermez cette page.

### The same page where digits have to be typed

code-text = { $purpose ->
    [verify-email] Vous avez ouvert un lien qui confirme votre adresse e-mail. Saisissez les chiffres ci-dessous et appuyez sur le bouton pour l’utiliser.
    [other] Vous avez ouvert un lien reçu par e-mail. Saisissez les chiffres ci-dessous et appuyez sur le bouton pour l’utiliser.
   *[sign-in] Vous avez ouvert un lien de connexion. Saisissez les chiffres ci-dessous et appuyez sur le bouton pour l’utiliser.
}
code-label = Saisissez ces chiffres :
code-why = Pourquoi des chiffres ? Des programmes ouvrent parfois les liens des e-mails, et cette visite y ressemblait un peu. Les saisir montre qu’une personne est là. D’ici là, votre lien reste inutilisé.
code-needed = Encore une chose : saisissez aussi les chiffres, s’il vous plaît.
code-missing = Veuillez d’abord saisir les chiffres.
code-wrong = Ces chiffres ne sont pas les bons. Veuillez les comparer et les saisir de nouveau.
code-wrong-again = Ces chiffres ne sont pas les bons. Attendez dix secondes, puis saisissez-les de nouveau.
code-wrong-and-replaced = Les chiffres n’étaient pas les bons, en voici donc de nouveaux. Attendez quelques secondes, puis saisissez-les.
code-too-soon = C’était un peu trop tôt. Attendez dix secondes, puis appuyez de nouveau sur le bouton.
code-replaced = Les chiffres ont changé. Veuillez saisir les nouveaux.

### The same page inside another app, such as a mail app

app-note = { $purpose ->
    [sign-in] Cette page est ouverte dans une autre application. Pour vous connecter dans votre navigateur, ouvrez-la là-bas.
   *[other] Cette page est ouverte dans une autre application. Vous pouvez l’ouvrir plutôt dans votre navigateur.
}
app-open = Ouvrir dans le navigateur
app-copy = Copier le lien
app-copied = Lien copié

### Notices: a heading, what happened, and the way on

link-invalid-heading = Ce lien ne peut pas être utilisé
link-invalid-what = { $purpose ->
    [verify-email] Ce lien de confirmation n’est pas valable.
    [other] Ce lien n’est pas valable.
   *[sign-in] Ce lien de connexion n’est pas valable.
}
link-invalid-way = Demandez-en un nouveau pour continuer.

link-used-heading = Vous avez déjà utilisé ce lien
link-used-what = Chaque lien ne fonctionne qu’une fois, et celui-ci a déjà servi dans ce navigateur.
link-used-way = { $purpose ->
    [verify-email] Votre adresse e-mail est peut-être déjà confirmée. Sinon, demandez un nouveau lien.
    [other] Regardez dans vos autres onglets. S’il manque quelque chose, demandez un nouveau lien.
   *[sign-in] Regardez dans vos autres onglets : votre session est peut-être déjà ouverte. Sinon, demandez un nouveau lien.
}

link-used-elsewhere-heading = Ce lien a déjà été utilisé
link-used-elsewhere-what = Chaque lien ne fonctionne qu’une fois. Celui-ci a servi dans un autre navigateur, peut-être dans votre application de messagerie.
link-used-elsewhere-way = { $purpose ->
    [verify-email] Votre adresse e-mail est peut-être déjà confirmée. Sinon, demandez un nouveau lien.
    [other] Regardez d’abord là-bas. S’il manque quelque chose, demandez un nouveau lien.
   *[sign-in] Regardez d’abord là-bas : votre session est peut-être ouverte. Pour vous connecter ici, demandez un nouveau lien.
}

link-expired-heading = Ce lien est trop ancien
link-expired-what = Les liens ne sont valables que peu de temps, et celui-ci a expiré.
link-expired-way = Demandez-en un nouveau pour continuer.

too-many-tries-heading = Trop de tentatives
too-many-tries-what = Ce service n’accepte plus de tentatives pour le moment.
too-many-tries-way = Attendez quelques minutes, puis réessayez.

link-incomplete-heading = Ce lien est incomplet
link-incomplete-what = Il semble avoir été coupé ou modifié en chemin.
link-incomplete-way = Copiez le lien entier depuis votre e-mail dans la barre d’adresse, ou demandez-en un nouveau.

bad-request-heading = Cette adresse ne peut pas être ouverte
bad-request-what = Cette adresse ne peut pas être ouverte telle qu’elle est écrite.
bad-request-way = Si elle vient d’un e-mail, ouvrez-y de nouveau le lien, ou copiez-le en entier.

opened-elsewhere-heading = Ce lien vient d’être ouvert
opened-elsewhere-what = Il a été ouvert il y a un instant dans une autre fenêtre ou application.
opened-elsewhere-way = { $purpose ->
    [verify-email] Regardez d’abord là-bas : votre adresse e-mail est peut-être déjà confirmée. Si ce n’était pas vous, demandez un nouveau lien.
    [other] Regardez d’abord là-bas. Si ce n’était pas vous, demandez un nouveau lien.
   *[sign-in] Regardez d’abord là-bas : votre session est peut-être déjà ouverte. Si ce n’était pas vous, demandez un nouveau lien.
}

confirmation-required-heading = Veuillez d’abord ouvrir le lien
confirmation-required-what = { $purpose ->
    [sign-in] Le lien de connexion lié à cette demande n’a pas encore été confirmé, ou il y a trop longtemps.
   *[other] Le lien lié à cette demande n’a pas encore été confirmé, ou il y a trop longtemps.
}
confirmation-required-way = Ouvrez le lien depuis votre e-mail et appuyez sur le bouton.

call-refused-heading = Cette demande n’est pas lisible
call-refused-what = Elle a été envoyée sous une forme qui ne peut pas être vérifiée ; elle n’a donc pas été transmise.
call-refused-way = { -open-again }

visit-refused-heading = Ce lien ne peut pas être ouvert ici
visit-refused-what = Ce site ne laisse pas ce programme ou ce réseau ouvrir ses liens.
visit-refused-way = Essayez un autre navigateur ou réseau, ou adressez-vous à l’assistance du site en indiquant la référence ci-dessous.

method-not-allowed-heading = Cette page ne s’utilise pas ainsi
method-not-allowed-what = Votre navigateur ou programme a fait une demande que cette adresse ne connaît pas.
method-not-allowed-way = { -open-again }

unknown-host-heading = Ce site n’est pas ici
unknown-host-what = Le nom dans l’adresse ne correspond à aucun site de ce serveur.
unknown-host-way = Vérifiez que l’adresse ne contient pas de faute de frappe.

request-timeout-heading = Cela a pris trop de temps
request-timeout-what = Votre demande n’est pas arrivée entière à temps.
request-timeout-way = Vérifiez votre connexion, revenez en arrière et réessayez.

content-too-large-heading = C’est trop à la fois
content-too-large-what = L’envoi dépasse ce que cette adresse accepte.
content-too-large-way = Revenez en arrière et envoyez-en moins.

target-too-long-heading = Cette adresse est trop longue
target-too-long-what = Elle est plus longue que ce que ce serveur accepte.
target-too-long-way = Si elle vient d’un e-mail, ouvrez-y de nouveau le lien.

confirmation-not-sent-heading = { $purpose ->
    [sign-in] La connexion est indisponible pour le moment
   *[other] Le service est indisponible pour le moment
}
confirmation-not-sent-what = Le service ne répond pas. Votre lien n’a pas été utilisé.
confirmation-not-sent-way = Patientez un instant, puis réessayez.

confirmation-unknown-heading = Quelque chose s’est mal passé en chemin
confirmation-unknown-what = Le service a interrompu sa réponse ; nous ne pouvons pas dire si votre lien a été utilisé.
confirmation-unknown-way = { -try-or-new }

confirmation-timeout-heading = { $purpose ->
    [sign-in] La connexion prend trop de temps
   *[other] Cela prend trop de temps
}
confirmation-timeout-what = Le service n’a pas répondu à temps ; nous ne pouvons pas dire si votre lien a été utilisé.
confirmation-timeout-way = { -try-or-new }

upstream-down-heading = Ce site est indisponible pour le moment
upstream-down-what = Le service derrière cette page ne répond pas.
upstream-down-way = { -reload }

upstream-broken-heading = Quelque chose s’est mal passé en chemin
upstream-broken-what = Le service derrière cette page a interrompu sa réponse.
upstream-broken-way = { -reload }

upstream-slow-heading = Cela prend trop de temps
upstream-slow-what = Le service derrière cette page n’a pas répondu à temps.
upstream-slow-way = { -reload }

busy-heading = Beaucoup de monde en ce moment
busy-what = Il y a ici plus de monde que d’habitude à la fois.
busy-way = { -reload }

internal-heading = Quelque chose s’est mal passé ici
internal-what = L’erreur vient de nous, pas de vous.
internal-way = { -reload } Si cela persiste, indiquez la référence ci-dessous à l’assistance du site.
