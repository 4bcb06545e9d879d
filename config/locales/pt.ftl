# Portuguese (Brazil). What each text is for stands in en.ftl; how texts are written and tried: docs/languages.md.

### Used in several texts

-reload = Espere um momento e recarregue a página.
-try-or-new = Você pode tentar de novo. Se o link não funcionar mais, peça um novo.
-open-again = Abra o link do seu e-mail mais uma vez.

### On every page

language-name = Português
language = Idioma
language-change = Mudar idioma
reference = Referência: { $reference }
new-link = Enviar um novo link
try-again = Tentar de novo

### The page that holds a link until a person presses

hold-title = { $purpose ->
    [verify-email] Confirmar seu endereço de e-mail
    [other] Continuar
   *[sign-in] Continuar para entrar
}
hold-heading = { $purpose ->
    [verify-email] Mais um passo para confirmar seu endereço de e-mail
    [other] Mais um passo
   *[sign-in] Mais um passo para entrar
}
hold-text = { $purpose ->
    [verify-email] Você abriu um link que confirma seu endereço de e-mail. Pressione o botão para usá-lo.
    [other] Você abriu um link de um e-mail. Pressione o botão para usá-lo.
   *[sign-in] Você abriu um link de acesso. Pressione o botão para usá-lo.
}
hold-action = { $purpose ->
    [verify-email] Confirmar endereço de e-mail
    [other] Continuar
   *[sign-in] Continuar para entrar
}
hold-why = Por que esta página? Às vezes, programas de e-mail abrem links por conta própria. O seu continua sem uso até você pressionar o botão.
hold-unasked = Se você não pediu este link, feche esta página.

### The same page where digits have to be typed

code-text = { $purpose ->
    [verify-email] Você abriu um link que confirma seu endereço de e-mail. Digite os números abaixo e pressione o botão para usá-lo.
    [other] Você abriu um link de um e-mail. Digite os números abaixo e pressione o botão para usá-lo.
   *[sign-in] Você abriu um link de acesso. Digite os números abaixo e pressione o botão para usá-lo.
}
code-label = Digite estes números:
code-why = Por que números? Às vezes, programas abrem links de e-mails, e esta visita pareceu um pouco com a de um deles. Digitar os números mostra que há uma pessoa aqui. Até lá, seu link continua sem uso.
code-needed = Só mais uma coisa: digite também os números, por favor.
code-missing = Primeiro digite os números, por favor.
code-wrong = Esses números não estavam certos. Compare-os e digite de novo, por favor.
code-wrong-again = Esses números não estavam certos. Espere dez segundos e digite de novo.
code-wrong-and-replaced = Os números não estavam certos, por isso aqui estão outros. Espere alguns segundos e digite-os.
code-too-soon = Foi um pouco cedo demais. Espere dez segundos e pressione o botão de novo.
code-replaced = Os números mudaram. Digite os novos, por favor.

### The same page inside another app, such as a mail app

app-note = { $purpose ->
    [sign-in] Esta página está dentro de outro aplicativo. Para entrar no seu navegador, abra-a lá.
   *[other] Esta página está dentro de outro aplicativo. Se preferir, abra-a no seu navegador.
}
app-open = Abrir no navegador
app-copy = Copiar link
app-copied = Link copiado

### Notices: a heading, what happened, and the way on

link-invalid-heading = Este link não pode ser usado
link-invalid-what = { $purpose ->
    [verify-email] Este link de confirmação não é válido.
    [other] Este link não é válido.
   *[sign-in] Este link de acesso não é válido.
}
link-invalid-way = Peça um novo para continuar.

link-used-heading = Você já usou este link
link-used-what = Cada link funciona uma vez só, e este já cumpriu sua função neste navegador.
link-used-way = { $purpose ->
    [verify-email] Talvez seu endereço de e-mail já esteja confirmado. Se não, peça um novo link.
    [other] Veja nas outras abas. Se faltar algo, peça um novo link.
   *[sign-in] Veja nas outras abas: talvez você já tenha entrado. Se não, peça um novo link.
}

link-used-elsewhere-heading = Este link já foi usado
link-used-elsewhere-what = Cada link funciona uma vez só. Este foi usado em outro navegador, talvez dentro do seu aplicativo de e-mail.
link-used-elsewhere-way = { $purpose ->
    [verify-email] Talvez seu endereço de e-mail já esteja confirmado. Se não, peça um novo link.
    [other] Veja lá primeiro. Se faltar algo, peça um novo link.
   *[sign-in] Veja lá primeiro: talvez você tenha entrado. Para entrar aqui, peça um novo link.
}

link-expired-heading = Este link é antigo demais
link-expired-what = Os links valem por pouco tempo, e o prazo deste já passou.
link-expired-way = Peça um novo para continuar.

too-many-tries-heading = Tentativas demais
too-many-tries-what = Este serviço não recebe mais tentativas por enquanto.
too-many-tries-way = Espere alguns minutos e tente de novo.

link-incomplete-heading = Este link está incompleto
link-incomplete-what = Parece que ele foi cortado ou alterado no caminho até você.
link-incomplete-way = Copie o link inteiro do seu e-mail para a barra de endereço ou peça um novo.

bad-request-heading = Este endereço não pode ser aberto
bad-request-what = Este endereço não pode ser aberto do jeito que está escrito.
bad-request-way = Se ele veio por e-mail, abra o link de novo por lá ou copie-o inteiro.

opened-elsewhere-heading = Este link acabou de ser aberto
opened-elsewhere-what = Ele foi aberto há um instante em outra janela ou aplicativo.
opened-elsewhere-way = { $purpose ->
    [verify-email] Veja lá primeiro: talvez seu endereço de e-mail já esteja confirmado. Se não foi você, peça um novo link.
    [other] Veja lá primeiro. Se não foi você, peça um novo link.
   *[sign-in] Veja lá primeiro: talvez você já tenha entrado. Se não foi você, peça um novo link.
}

confirmation-required-heading = Abra o link primeiro, por favor
confirmation-required-what = { $purpose ->
    [sign-in] O link de acesso deste pedido ainda não foi confirmado, ou foi há tempo demais.
   *[other] O link deste pedido ainda não foi confirmado, ou foi há tempo demais.
}
confirmation-required-way = Abra o link do seu e-mail e pressione o botão que aparece.

call-refused-heading = Este pedido não pode ser lido
call-refused-what = Ele foi enviado de uma forma que não pode ser verificada, por isso não foi repassado.
call-refused-way = { -open-again }

visit-refused-heading = Este link não pode ser aberto aqui
visit-refused-what = Este site não deixa que este programa ou rede abra seus links.
visit-refused-way = Tente outro navegador ou outra rede, ou fale com a ajuda do site e informe a referência abaixo.

method-not-allowed-heading = Esta página não pode ser usada assim
method-not-allowed-what = Seu navegador ou programa fez um pedido que este endereço não conhece.
method-not-allowed-way = { -open-again }

unknown-host-heading = Este site não está aqui
unknown-host-what = O nome no endereço não pertence a nenhum site deste servidor.
unknown-host-way = Verifique se há erro de digitação no endereço.

request-timeout-heading = Demorou demais
request-timeout-what = Seu pedido não chegou inteiro a tempo.
request-timeout-way = Verifique sua conexão, volte e tente de novo.

content-too-large-heading = É muita coisa de uma vez
content-too-large-what = O que foi enviado é maior do que este endereço recebe.
content-too-large-way = Volte e envie menos.

target-too-long-heading = Este endereço é longo demais
target-too-long-what = Ele é mais longo do que este servidor recebe.
target-too-long-way = Se ele veio por e-mail, abra o link de novo por lá.

confirmation-not-sent-heading = { $purpose ->
    [sign-in] Não é possível entrar neste momento
   *[other] O serviço está indisponível neste momento
}
confirmation-not-sent-what = O serviço não está respondendo. Seu link não foi usado.
confirmation-not-sent-way = Espere um momento e tente de novo.

confirmation-unknown-heading = Algo deu errado no caminho
confirmation-unknown-what = O serviço interrompeu a resposta, por isso não sabemos se seu link foi usado.
confirmation-unknown-way = { -try-or-new }

confirmation-timeout-heading = { $purpose ->
    [sign-in] A entrada está demorando demais
   *[other] Está demorando demais
}
confirmation-timeout-what = O serviço não respondeu a tempo, por isso não sabemos se seu link foi usado.
confirmation-timeout-way = { -try-or-new }

upstream-down-heading = Este site está indisponível neste momento
upstream-down-what = O serviço por trás desta página não está respondendo.
upstream-down-way = { -reload }

upstream-broken-heading = Algo deu errado no caminho
upstream-broken-what = O serviço por trás desta página interrompeu a resposta.
upstream-broken-way = { -reload }

upstream-slow-heading = Está demorando demais
upstream-slow-what = O serviço por trás desta página não respondeu a tempo.
upstream-slow-way = { -reload }

busy-heading = Muito movimento neste momento
busy-what = Há mais pessoas aqui ao mesmo tempo do que o normal.
busy-way = { -reload }

internal-heading = Algo deu errado aqui
internal-what = O erro é nosso, não seu.
internal-way = { -reload } Se continuar, informe a referência abaixo à ajuda do site.
