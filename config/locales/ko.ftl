# Korean. What each text is for stands in en.ftl; how texts are written and tried: docs/languages.md.

### Used in several texts

-reload = 잠시 기다린 후 페이지를 새로 고쳐 주세요.
-try-or-new = 다시 시도할 수 있습니다. 링크가 더 이상 작동하지 않으면 새 링크를 요청해 주세요.
-open-again = 메일에서 링크를 다시 열어 주세요.

### On every page

language-name = 한국어
language = 언어
language-change = 언어 변경
reference = 참조 번호: { $reference }
new-link = 새 링크 보내기
try-again = 다시 시도

### The page that holds a link until a person presses

hold-title = { $purpose ->
    [verify-email] 이메일 주소 인증
    [other] 계속하기
   *[sign-in] 로그인 계속하기
}
hold-heading = { $purpose ->
    [verify-email] 이메일 주소 인증까지 한 단계 남았습니다
    [other] 한 단계 남았습니다
   *[sign-in] 로그인까지 한 단계 남았습니다
}
hold-text = { $purpose ->
    [verify-email] 이메일 주소를 인증하는 링크를 여셨습니다. 사용하려면 버튼을 눌러 주세요.
    [other] 메일에 있는 링크를 여셨습니다. 사용하려면 버튼을 눌러 주세요.
   *[sign-in] 로그인 링크를 여셨습니다. 사용하려면 버튼을 눌러 주세요.
}
hold-action = { $purpose ->
    [verify-email] 이메일 주소 인증하기
    [other] 계속하기
   *[sign-in] 로그인 계속하기
}
hold-why = 이 페이지는 왜 나타나나요? 메일 프로그램이 링크를 저절로 여는 경우가 있습니다. 버튼을 누르기 전까지 링크는 사용되지 않습니다.
hold-unasked = 이 링크를 요청하지 않으셨다면 이 페이지를 닫아 주세요.

### The same page where digits have to be typed

code-text = { $purpose ->
    [verify-email] 이메일 주소를 인증하는 링크를 여셨습니다. 사용하려면 아래 숫자를 입력하고 버튼을 눌러 주세요.
    [other] 메일에 있는 링크를 여셨습니다. 사용하려면 아래 숫자를 입력하고 버튼을 눌러 주세요.
   *[sign-in] 로그인 링크를 여셨습니다. 사용하려면 아래 숫자를 입력하고 버튼을 눌러 주세요.
}
code-label = 다음 숫자를 입력해 주세요:
code-why = 숫자는 왜 필요한가요? 프로그램이 메일의 링크를 여는 경우가 있는데, 이번 방문이 그와 조금 비슷해 보였습니다. 숫자를 입력하면 사람이 있다는 것을 알 수 있습니다. 그때까지 링크는 사용되지 않습니다.
code-needed = 한 가지 더 있습니다. 숫자도 입력해 주세요.
code-missing = 먼저 숫자를 입력해 주세요.
code-wrong = 숫자가 맞지 않습니다. 비교해 보고 다시 입력해 주세요.
code-wrong-again = 숫자가 맞지 않습니다. 10초 기다린 후 다시 입력해 주세요.
code-wrong-and-replaced = 숫자가 맞지 않아 새 숫자로 바뀌었습니다. 몇 초 기다린 후 입력해 주세요.
code-too-soon = 조금 일렀습니다. 10초 기다린 후 버튼을 다시 눌러 주세요.
code-replaced = 숫자가 바뀌었습니다. 새 숫자를 입력해 주세요.

### The same page inside another app, such as a mail app

app-note = { $purpose ->
    [sign-in] 이 페이지는 다른 앱 안에서 열렸습니다. 브라우저에서 로그인하려면 브라우저에서 열어 주세요.
   *[other] 이 페이지는 다른 앱 안에서 열렸습니다. 브라우저에서 열 수도 있습니다.
}
app-open = 브라우저에서 열기
app-copy = 링크 복사
app-copied = 링크를 복사했습니다

### Notices: a heading, what happened, and the way on

link-invalid-heading = 이 링크는 사용할 수 없습니다
link-invalid-what = { $purpose ->
    [verify-email] 이 인증 링크는 유효하지 않습니다.
    [other] 이 링크는 유효하지 않습니다.
   *[sign-in] 이 로그인 링크는 유효하지 않습니다.
}
link-invalid-way = 계속하려면 새 링크를 요청해 주세요.

link-used-heading = 이미 사용하신 링크입니다
link-used-what = 링크는 한 번만 쓸 수 있으며, 이 링크는 이 브라우저에서 이미 사용되었습니다.
link-used-way = { $purpose ->
    [verify-email] 이메일 주소가 이미 인증되었을 수 있습니다. 아니라면 새 링크를 요청해 주세요.
    [other] 다른 탭을 살펴봐 주세요. 빠진 것이 있으면 새 링크를 요청해 주세요.
   *[sign-in] 다른 탭을 살펴봐 주세요. 이미 로그인되어 있을 수 있습니다. 아니라면 새 링크를 요청해 주세요.
}

link-used-elsewhere-heading = 이미 사용된 링크입니다
link-used-elsewhere-what = 링크는 한 번만 쓸 수 있습니다. 이 링크는 다른 브라우저, 아마도 메일 앱 안에서 사용되었습니다.
link-used-elsewhere-way = { $purpose ->
    [verify-email] 이메일 주소가 이미 인증되었을 수 있습니다. 아니라면 새 링크를 요청해 주세요.
    [other] 먼저 그곳을 살펴봐 주세요. 빠진 것이 있으면 새 링크를 요청해 주세요.
   *[sign-in] 먼저 그곳을 살펴봐 주세요. 로그인되어 있을 수 있습니다. 여기에서 로그인하려면 새 링크를 요청해 주세요.
}

link-expired-heading = 너무 오래된 링크입니다
link-expired-what = 링크는 짧은 시간 동안만 작동하며, 이 링크의 기한은 지났습니다.
link-expired-way = 계속하려면 새 링크를 요청해 주세요.

too-many-tries-heading = 시도 횟수가 너무 많습니다
too-many-tries-what = 이 서비스는 지금 더 이상 시도를 받지 않습니다.
too-many-tries-way = 몇 분 기다린 후 다시 시도해 주세요.

link-incomplete-heading = 이 링크는 완전하지 않습니다
link-incomplete-what = 전달되는 도중에 잘렸거나 바뀐 것 같습니다.
link-incomplete-way = 메일에서 링크 전체를 주소창에 복사하거나 새 링크를 요청해 주세요.

bad-request-heading = 이 주소는 열 수 없습니다
bad-request-what = 이 주소는 적혀 있는 그대로는 열 수 없습니다.
bad-request-way = 메일로 받은 주소라면 메일에서 링크를 다시 열거나 전체를 복사해 주세요.

opened-elsewhere-heading = 방금 열린 링크입니다
opened-elsewhere-what = 조금 전에 다른 창이나 앱에서 열렸습니다.
opened-elsewhere-way = { $purpose ->
    [verify-email] 먼저 그곳을 살펴봐 주세요. 이메일 주소가 이미 인증되었을 수 있습니다. 본인이 연 것이 아니라면 새 링크를 요청해 주세요.
    [other] 먼저 그곳을 살펴봐 주세요. 본인이 연 것이 아니라면 새 링크를 요청해 주세요.
   *[sign-in] 먼저 그곳을 살펴봐 주세요. 이미 로그인되어 있을 수 있습니다. 본인이 연 것이 아니라면 새 링크를 요청해 주세요.
}

confirmation-required-heading = 먼저 링크를 열어 주세요
confirmation-required-what = { $purpose ->
    [sign-in] 이 요청에 해당하는 로그인 링크가 아직 확인되지 않았거나, 확인된 지 너무 오래되었습니다.
   *[other] 이 요청에 해당하는 링크가 아직 확인되지 않았거나, 확인된 지 너무 오래되었습니다.
}
confirmation-required-way = 메일에서 링크를 열고 그 페이지의 버튼을 눌러 주세요.

call-refused-heading = 이 요청은 읽을 수 없습니다
call-refused-what = 검사할 수 없는 형식으로 보내져 전달되지 않았습니다.
call-refused-way = { -open-again }

visit-refused-heading = 이 링크는 여기에서 열 수 없습니다
visit-refused-what = 이 사이트에서는 이 프로그램이나 네트워크로 링크를 열 수 없습니다.
visit-refused-way = 다른 브라우저나 네트워크로 시도하거나, 사이트 고객 지원에 아래 참조 번호를 알려 주세요.

method-not-allowed-heading = 이 페이지는 그렇게 사용할 수 없습니다
method-not-allowed-what = 브라우저나 프로그램이 이 주소가 알지 못하는 방식으로 요청했습니다.
method-not-allowed-way = { -open-again }

unknown-host-heading = 이 사이트는 여기에 없습니다
unknown-host-what = 주소에 있는 이름은 이 서버의 어떤 사이트에도 속하지 않습니다.
unknown-host-way = 주소에 오타가 없는지 살펴봐 주세요.

request-timeout-heading = 시간이 너무 오래 걸렸습니다
request-timeout-what = 요청이 제시간에 모두 도착하지 않았습니다.
request-timeout-way = 연결 상태를 살펴보고 뒤로 돌아가 다시 시도해 주세요.

content-too-large-heading = 한 번에 보낸 양이 너무 많습니다
content-too-large-what = 보낸 내용이 이 주소에서 받을 수 있는 크기를 넘었습니다.
content-too-large-way = 뒤로 돌아가 양을 줄여 보내 주세요.

target-too-long-heading = 이 주소는 너무 깁니다
target-too-long-what = 이 서버에서 받을 수 있는 길이를 넘었습니다.
target-too-long-way = 메일로 받은 주소라면 메일에서 링크를 다시 열어 주세요.

confirmation-not-sent-heading = { $purpose ->
    [sign-in] 지금은 로그인할 수 없습니다
   *[other] 지금은 서비스에 연결할 수 없습니다
}
confirmation-not-sent-what = 서비스가 응답하지 않습니다. 링크는 사용되지 않았습니다.
confirmation-not-sent-way = 잠시 기다린 후 다시 시도해 주세요.

confirmation-unknown-heading = 도중에 문제가 생겼습니다
confirmation-unknown-what = 서비스 응답이 끊겨 링크가 사용되었는지 알 수 없습니다.
confirmation-unknown-way = { -try-or-new }

confirmation-timeout-heading = { $purpose ->
    [sign-in] 로그인이 너무 오래 걸리고 있습니다
   *[other] 시간이 너무 오래 걸리고 있습니다
}
confirmation-timeout-what = 서비스가 제시간에 응답하지 않아 링크가 사용되었는지 알 수 없습니다.
confirmation-timeout-way = { -try-or-new }

upstream-down-heading = 지금은 이 사이트에 연결할 수 없습니다
upstream-down-what = 이 페이지를 제공하는 서비스가 응답하지 않습니다.
upstream-down-way = { -reload }

upstream-broken-heading = 도중에 문제가 생겼습니다
upstream-broken-what = 이 페이지를 제공하는 서비스의 응답이 끊겼습니다.
upstream-broken-way = { -reload }

upstream-slow-heading = 시간이 너무 오래 걸리고 있습니다
upstream-slow-what = 이 페이지를 제공하는 서비스가 제시간에 응답하지 않았습니다.
upstream-slow-way = { -reload }

busy-heading = 지금 매우 붐비고 있습니다
busy-what = 평소보다 많은 사람이 동시에 접속해 있습니다.
busy-way = { -reload }

internal-heading = 여기에서 문제가 생겼습니다
internal-what = 저희의 문제이며 고객님의 잘못이 아닙니다.
internal-way = { -reload } 문제가 계속되면 사이트 고객 지원에 아래 참조 번호를 알려 주세요.
