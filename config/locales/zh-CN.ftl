# Chinese, simplified characters. What each text is for stands in en.ftl; how texts are written and tried: docs/languages.md.

### Used in several texts

-reload = 请稍等片刻，然后重新加载页面。
-try-or-new = 您可以再试一次。如果链接已失效，请申请新的链接。
-open-again = 请从您的邮件中重新打开链接。

### On every page

language-name = 简体中文
language = 语言
language-change = 切换语言
reference = 参考编号：{ $reference }
new-link = 发送新链接
try-again = 再试一次

### The page that holds a link until a person presses

hold-title = { $purpose ->
    [verify-email] 验证您的邮箱地址
    [other] 继续
   *[sign-in] 继续登录
}
hold-heading = { $purpose ->
    [verify-email] 还差一步即可验证您的邮箱地址
    [other] 还差一步
   *[sign-in] 还差一步即可登录
}
hold-text = { $purpose ->
    [verify-email] 您打开了一个验证邮箱地址的链接。请按下按钮使用它。
    [other] 您打开了邮件中的一个链接。请按下按钮使用它。
   *[sign-in] 您打开了一个登录链接。请按下按钮使用它。
}
hold-action = { $purpose ->
    [verify-email] 验证邮箱地址
    [other] 继续
   *[sign-in] 继续登录
}
hold-why = 为什么会有这个页面？邮件程序有时会自动打开链接。在您按下按钮之前，您的链接不会被使用。
hold-unasked = 如果您没有申请过这个链接，请关闭此页面。

### The same page where digits have to be typed

code-text = { $purpose ->
    [verify-email] 您打开了一个验证邮箱地址的链接。请输入下面的数字并按下按钮使用它。
    [other] 您打开了邮件中的一个链接。请输入下面的数字并按下按钮使用它。
   *[sign-in] 您打开了一个登录链接。请输入下面的数字并按下按钮使用它。
}
code-label = 请输入这些数字：
code-why = 为什么要输入数字？有些程序会打开邮件中的链接，而这次访问看起来有点像。输入数字可以表明这里是真人在操作。在此之前，您的链接不会被使用。
code-needed = 还有一步：请同时输入数字。
code-missing = 请先输入数字。
code-wrong = 数字不正确。请核对后重新输入。
code-wrong-again = 数字不正确。请等待十秒，然后重新输入。
code-wrong-and-replaced = 数字不正确，因此换了一组新的。请等待几秒，然后输入新数字。
code-too-soon = 操作有点太快了。请等待十秒，然后再次按下按钮。
code-replaced = 数字已更换。请输入新的数字。

### The same page inside another app, such as a mail app

app-note = { $purpose ->
    [sign-in] 此页面是在另一个应用中打开的。如需在浏览器中登录，请在浏览器中打开它。
   *[other] 此页面是在另一个应用中打开的。您也可以在浏览器中打开它。
}
app-open = 在浏览器中打开
app-copy = 复制链接
app-copied = 链接已复制

### Notices: a heading, what happened, and the way on

link-invalid-heading = 无法使用此链接
link-invalid-what = { $purpose ->
    [verify-email] 此验证链接无效。
    [other] 此链接无效。
   *[sign-in] 此登录链接无效。
}
link-invalid-way = 请申请新的链接以继续。

link-used-heading = 您已经使用过此链接
link-used-what = 每个链接只能使用一次，而此链接已在这个浏览器中使用过。
link-used-way = { $purpose ->
    [verify-email] 您的邮箱地址可能已经通过验证。如果没有，请申请新的链接。
    [other] 请查看其他标签页。如果缺少什么，请申请新的链接。
   *[sign-in] 请查看其他标签页：您可能已经登录。如果没有，请申请新的链接。
}

link-used-elsewhere-heading = 此链接已被使用
link-used-elsewhere-what = 每个链接只能使用一次。此链接已在另一个浏览器中使用，可能是在您的邮件应用里。
link-used-elsewhere-way = { $purpose ->
    [verify-email] 您的邮箱地址可能已经通过验证。如果没有，请申请新的链接。
    [other] 请先到那里查看。如果缺少什么，请申请新的链接。
   *[sign-in] 请先到那里查看：您可能已经登录。如需在这里登录，请申请新的链接。
}

link-expired-heading = 此链接已过期
link-expired-what = 链接只在短时间内有效，而此链接已超过有效期。
link-expired-way = 请申请新的链接以继续。

too-many-tries-heading = 尝试次数过多
too-many-tries-what = 此服务暂时不接受更多尝试。
too-many-tries-way = 请等待几分钟，然后再试一次。

link-incomplete-heading = 此链接不完整
link-incomplete-what = 它似乎在传送途中被截断或更改了。
link-incomplete-way = 请将邮件中的完整链接复制到地址栏，或申请新的链接。

bad-request-heading = 无法打开此地址
bad-request-what = 此地址按现在的写法无法打开。
bad-request-way = 如果它来自邮件，请在邮件中重新打开链接，或完整复制链接。

opened-elsewhere-heading = 此链接刚刚被打开
opened-elsewhere-what = 它刚刚在另一个窗口或应用中被打开。
opened-elsewhere-way = { $purpose ->
    [verify-email] 请先到那里查看：您的邮箱地址可能已经通过验证。如果不是您本人操作，请申请新的链接。
    [other] 请先到那里查看。如果不是您本人操作，请申请新的链接。
   *[sign-in] 请先到那里查看：您可能已经登录。如果不是您本人操作，请申请新的链接。
}

confirmation-required-heading = 请先打开链接
confirmation-required-what = { $purpose ->
    [sign-in] 此请求所对应的登录链接尚未确认，或确认的时间已过太久。
   *[other] 此请求所对应的链接尚未确认，或确认的时间已过太久。
}
confirmation-required-way = 请从您的邮件中打开链接，并按下页面上的按钮。

call-refused-heading = 无法读取此请求
call-refused-what = 它的发送格式无法检查，因此没有被转发。
call-refused-way = { -open-again }

visit-refused-heading = 无法在此打开这个链接
visit-refused-what = 本网站不让此程序或网络打开其链接。
visit-refused-way = 请换一个浏览器或网络再试，或联系网站客服并提供下面的参考编号。

method-not-allowed-heading = 无法这样使用此页面
method-not-allowed-what = 您的浏览器或程序的请求方式不被此地址识别。
method-not-allowed-way = { -open-again }

unknown-host-heading = 这里没有此网站
unknown-host-what = 地址中的名称不属于此服务器上的任何网站。
unknown-host-way = 请检查地址是否有输入错误。

request-timeout-heading = 用时过长
request-timeout-what = 您的请求没有及时完整送达。
request-timeout-way = 请检查您的网络连接，返回后再试一次。

content-too-large-heading = 一次发送的内容过多
content-too-large-what = 发送的内容超出了此地址的上限。
content-too-large-way = 请返回并减少发送的内容。

target-too-long-heading = 此地址过长
target-too-long-what = 它超出了此服务器的长度上限。
target-too-long-way = 如果它来自邮件，请在邮件中重新打开链接。

confirmation-not-sent-heading = { $purpose ->
    [sign-in] 暂时无法登录
   *[other] 暂时无法连接服务
}
confirmation-not-sent-what = 服务没有响应。您的链接未被使用。
confirmation-not-sent-way = 请稍等片刻，然后再试一次。

confirmation-unknown-heading = 途中出了点问题
confirmation-unknown-what = 服务中断了，因此我们无法确定您的链接是否已被使用。
confirmation-unknown-way = { -try-or-new }

confirmation-timeout-heading = { $purpose ->
    [sign-in] 登录用时过长
   *[other] 用时过长
}
confirmation-timeout-what = 服务没有及时响应，因此我们无法确定您的链接是否已被使用。
confirmation-timeout-way = { -try-or-new }

upstream-down-heading = 暂时无法访问此网站
upstream-down-what = 此页面背后的服务没有响应。
upstream-down-way = { -reload }

upstream-broken-heading = 途中出了点问题
upstream-broken-what = 此页面背后的服务中断了响应。
upstream-broken-way = { -reload }

upstream-slow-heading = 用时过长
upstream-slow-what = 此页面背后的服务没有及时响应。
upstream-slow-way = { -reload }

busy-heading = 目前非常繁忙
busy-what = 同时在这里的人比平时多。
busy-way = { -reload }

internal-heading = 这里出了点问题
internal-what = 这是我们的问题，与您无关。
internal-way = { -reload }如果问题仍然存在，请将下面的参考编号告知网站客服。
