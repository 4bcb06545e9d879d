# Japanese. What each text is for stands in en.ftl; how texts are written and tried: docs/languages.md.

### Used in several texts

-reload = しばらく待ってから、ページを再読み込みしてください。
-try-or-new = もう一度お試しいただけます。リンクが使えなくなっている場合は、新しいリンクを請求してください。
-open-again = メールからもう一度リンクを開いてください。

### On every page

language-name = 日本語
language = 言語
language-change = 言語を変更
reference = 照会番号：{ $reference }
new-link = 新しいリンクを送信
try-again = もう一度試す

### The page that holds a link until a person presses

hold-title = { $purpose ->
    [verify-email] メールアドレスの確認
    [other] 続ける
   *[sign-in] サインインを続ける
}
hold-heading = { $purpose ->
    [verify-email] メールアドレスの確認まであと一歩です
    [other] あと一歩です
   *[sign-in] サインインまであと一歩です
}
hold-text = { $purpose ->
    [verify-email] メールアドレスを確認するリンクが開かれました。使用するにはボタンを押してください。
    [other] メールのリンクが開かれました。使用するにはボタンを押してください。
   *[sign-in] サインイン用のリンクが開かれました。使用するにはボタンを押してください。
}
hold-action = { $purpose ->
    [verify-email] メールアドレスを確認する
    [other] 続ける
   *[sign-in] サインインを続ける
}
hold-why = このページが表示される理由：メールソフトがリンクを自動的に開くことがあります。ボタンを押すまで、リンクは使用されません。
hold-unasked = このリンクにお心当たりがない場合は、このページを閉じてください。

### The same page where digits have to be typed

code-text = { $purpose ->
    [verify-email] メールアドレスを確認するリンクが開かれました。使用するには、下の数字を入力してボタンを押してください。
    [other] メールのリンクが開かれました。使用するには、下の数字を入力してボタンを押してください。
   *[sign-in] サインイン用のリンクが開かれました。使用するには、下の数字を入力してボタンを押してください。
}
code-label = 次の数字を入力してください：
code-why = 数字を入力する理由：プログラムがメールのリンクを開くことがあり、今回のアクセスはそれに少し似ていました。数字の入力により、人が操作していることがわかります。それまでリンクは使用されません。
code-needed = もう一つお願いします。数字も入力してください。
code-missing = 先に数字を入力してください。
code-wrong = 数字が正しくありません。見比べて、もう一度入力してください。
code-wrong-again = 数字が正しくありません。10秒待ってから、もう一度入力してください。
code-wrong-and-replaced = 数字が正しくなかったため、新しい数字に変わりました。数秒待ってから入力してください。
code-too-soon = 少し早すぎました。10秒待ってから、もう一度ボタンを押してください。
code-replaced = 数字が変わりました。新しい数字を入力してください。

### The same page inside another app, such as a mail app

app-note = { $purpose ->
    [sign-in] このページは別のアプリの中で開かれています。ブラウザーでサインインするには、ブラウザーで開いてください。
   *[other] このページは別のアプリの中で開かれています。ブラウザーで開くこともできます。
}
app-open = ブラウザーで開く
app-copy = リンクをコピー
app-copied = リンクをコピーしました

### Notices: a heading, what happened, and the way on

link-invalid-heading = このリンクは使用できません
link-invalid-what = { $purpose ->
    [verify-email] この確認用リンクは有効ではありません。
    [other] このリンクは有効ではありません。
   *[sign-in] このサインイン用リンクは有効ではありません。
}
link-invalid-way = 続けるには、新しいリンクを請求してください。

link-used-heading = このリンクはすでに使用済みです
link-used-what = リンクは一度だけ使えます。このリンクはこのブラウザーですでに使われました。
link-used-way = { $purpose ->
    [verify-email] メールアドレスはすでに確認済みの可能性があります。そうでなければ、新しいリンクを請求してください。
    [other] ほかのタブをご確認ください。足りないものがあれば、新しいリンクを請求してください。
   *[sign-in] ほかのタブをご確認ください。すでにサインインしている可能性があります。そうでなければ、新しいリンクを請求してください。
}

link-used-elsewhere-heading = このリンクはすでに使われました
link-used-elsewhere-what = リンクは一度だけ使えます。このリンクは別のブラウザー（メールアプリの中など）で使われました。
link-used-elsewhere-way = { $purpose ->
    [verify-email] メールアドレスはすでに確認済みの可能性があります。そうでなければ、新しいリンクを請求してください。
    [other] まずそちらをご確認ください。足りないものがあれば、新しいリンクを請求してください。
   *[sign-in] まずそちらをご確認ください。サインインしている可能性があります。ここでサインインするには、新しいリンクを請求してください。
}

link-expired-heading = このリンクは期限切れです
link-expired-what = リンクが使えるのは短い間だけで、このリンクの期限は過ぎました。
link-expired-way = 続けるには、新しいリンクを請求してください。

too-many-tries-heading = 試行回数が多すぎます
too-many-tries-what = このサービスは現在、これ以上の試行を受け付けていません。
too-many-tries-way = 数分待ってから、もう一度お試しください。

link-incomplete-heading = このリンクは不完全です
link-incomplete-what = 届くまでの間に途切れたか、変更されたようです。
link-incomplete-way = メールからリンク全体をアドレスバーにコピーするか、新しいリンクを請求してください。

bad-request-heading = このアドレスは開けません
bad-request-what = このアドレスは、今の書き方のままでは開けません。
bad-request-way = メールで届いた場合は、メールからもう一度リンクを開くか、全体をコピーしてください。

opened-elsewhere-heading = このリンクは今開かれたところです
opened-elsewhere-what = 少し前に、別のウィンドウまたはアプリで開かれました。
opened-elsewhere-way = { $purpose ->
    [verify-email] まずそちらをご確認ください。メールアドレスはすでに確認済みの可能性があります。お心当たりがない場合は、新しいリンクを請求してください。
    [other] まずそちらをご確認ください。お心当たりがない場合は、新しいリンクを請求してください。
   *[sign-in] まずそちらをご確認ください。すでにサインインしている可能性があります。お心当たりがない場合は、新しいリンクを請求してください。
}

confirmation-required-heading = 先にリンクを開いてください
confirmation-required-what = { $purpose ->
    [sign-in] このリクエストに対応するサインイン用リンクがまだ確認されていないか、確認から時間がたちすぎています。
   *[other] このリクエストに対応するリンクがまだ確認されていないか、確認から時間がたちすぎています。
}
confirmation-required-way = メールからリンクを開き、表示されるボタンを押してください。

call-refused-heading = このリクエストは読み取れません
call-refused-what = 検査できない形式で送信されたため、転送されませんでした。
call-refused-way = { -open-again }

visit-refused-heading = このリンクはここでは開けません
visit-refused-what = このサイトでは、このプログラムまたはネットワークからリンクを開けません。
visit-refused-way = 別のブラウザーやネットワークをお試しになるか、サイトのサポートに下の照会番号をお知らせください。

method-not-allowed-heading = このページはその方法では使えません
method-not-allowed-what = ブラウザーまたはプログラムのリクエスト方法に、このアドレスは対応していません。
method-not-allowed-way = { -open-again }

unknown-host-heading = このサイトはここにはありません
unknown-host-what = アドレスの名前は、このサーバーのどのサイトのものでもありません。
unknown-host-way = アドレスに入力ミスがないかご確認ください。

request-timeout-heading = 時間がかかりすぎました
request-timeout-what = リクエスト全体が時間内に届きませんでした。
request-timeout-way = 接続を確認し、前のページに戻ってもう一度お試しください。

content-too-large-heading = 一度に送る量が多すぎます
content-too-large-what = 送信された内容が、このアドレスの上限を超えています。
content-too-large-way = 前のページに戻り、量を減らして送信してください。

target-too-long-heading = このアドレスは長すぎます
target-too-long-what = このサーバーの上限を超えています。
target-too-long-way = メールで届いた場合は、メールからもう一度リンクを開いてください。

confirmation-not-sent-heading = { $purpose ->
    [sign-in] 現在サインインできません
   *[other] 現在サービスに接続できません
}
confirmation-not-sent-what = サービスが応答していません。リンクは使用されていません。
confirmation-not-sent-way = しばらく待ってから、もう一度お試しください。

confirmation-unknown-heading = 途中で問題が発生しました
confirmation-unknown-what = サービスの応答が途切れたため、リンクが使用されたかどうかわかりません。
confirmation-unknown-way = { -try-or-new }

confirmation-timeout-heading = { $purpose ->
    [sign-in] サインインに時間がかかりすぎています
   *[other] 時間がかかりすぎています
}
confirmation-timeout-what = サービスが時間内に応答しなかったため、リンクが使用されたかどうかわかりません。
confirmation-timeout-way = { -try-or-new }

upstream-down-heading = 現在このサイトに接続できません
upstream-down-what = このページの背後にあるサービスが応答していません。
upstream-down-way = { -reload }

upstream-broken-heading = 途中で問題が発生しました
upstream-broken-what = このページの背後にあるサービスの応答が途切れました。
upstream-broken-way = { -reload }

upstream-slow-heading = 時間がかかりすぎています
upstream-slow-what = このページの背後にあるサービスが時間内に応答しませんでした。
upstream-slow-way = { -reload }

busy-heading = 現在たいへん混み合っています
busy-what = 普段より多くの方が同時にアクセスしています。
busy-way = { -reload }

internal-heading = ここで問題が発生しました
internal-what = 原因は当方にあり、お客様の操作によるものではありません。
internal-way = { -reload }解消しない場合は、サイトのサポートに下の照会番号をお知らせください。
