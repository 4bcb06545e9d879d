# Turkish. What each text is for stands in en.ftl; how texts are written and tried: docs/languages.md.

### Used in several texts

-reload = Biraz bekleyin, sonra sayfayı yeniden yükleyin.
-try-or-new = Yeniden deneyebilirsiniz. Bağlantı artık çalışmıyorsa yenisini isteyin.
-open-again = E-postanızdaki bağlantıyı yeniden açın.

### On every page

language-name = Türkçe
language = Dil
language-change = Dili değiştir
reference = Referans: { $reference }
new-link = Yeni bağlantı gönder
try-again = Yeniden dene

### The page that holds a link until a person presses

hold-title = { $purpose ->
    [verify-email] E-posta adresinizi doğrulayın
    [other] Devam et
   *[sign-in] Oturum açmaya devam et
}
hold-heading = { $purpose ->
    [verify-email] E-posta adresinizi doğrulamak için bir adım daha
    [other] Bir adım daha
   *[sign-in] Oturum açmak için bir adım daha
}
hold-text = { $purpose ->
    [verify-email] E-posta adresinizi doğrulayan bir bağlantıyı açtınız. Kullanmak için düğmeye basın.
    [other] Bir e-postadaki bağlantıyı açtınız. Kullanmak için düğmeye basın.
   *[sign-in] Bir oturum açma bağlantısını açtınız. Kullanmak için düğmeye basın.
}
hold-action = { $purpose ->
    [verify-email] E-posta adresini doğrula
    [other] Devam et
   *[sign-in] Oturum açmaya devam et
}
hold-why = Bu sayfa neden var? E-posta programları bazen bağlantıları kendiliğinden açar. Sizinki, siz düğmeye basana kadar kullanılmaz.
hold-unasked = Bu bağlantıyı siz istemediyseniz bu sayfayı kapatın.

### The same page where digits have to be typed

code-text = { $purpose ->
    [verify-email] E-posta adresinizi doğrulayan bir bağlantıyı açtınız. Kullanmak için aşağıdaki rakamları yazın ve düğmeye basın.
    [other] Bir e-postadaki bağlantıyı açtınız. Kullanmak için aşağıdaki rakamları yazın ve düğmeye basın.
   *[sign-in] Bir oturum açma bağlantısını açtınız. Kullanmak için aşağıdaki rakamları yazın ve düğmeye basın.
}
code-label = Şu rakamları yazın:
code-why = Neden rakamlar? Programlar bazen e-postalardaki bağlantıları açar ve bu ziyaret biraz öyle görünüyordu. Rakamları yazmak burada bir insan olduğunu gösterir. O zamana kadar bağlantınız kullanılmaz.
code-needed = Bir şey daha: Lütfen rakamları da yazın.
code-missing = Lütfen önce rakamları yazın.
code-wrong = Bu rakamlar doğru değildi. Lütfen karşılaştırıp yeniden yazın.
code-wrong-again = Bu rakamlar doğru değildi. On saniye bekleyin, sonra yeniden yazın.
code-wrong-and-replaced = Rakamlar doğru değildi, bu yüzden yenileri burada. Birkaç saniye bekleyin, sonra bunları yazın.
code-too-soon = Bu biraz erken oldu. On saniye bekleyin, sonra düğmeye yeniden basın.
code-replaced = Rakamlar değişti. Lütfen yenilerini yazın.

### The same page inside another app, such as a mail app

app-note = { $purpose ->
    [sign-in] Bu sayfa başka bir uygulamanın içinde açıldı. Tarayıcınızda oturum açmak için sayfayı orada açın.
   *[other] Bu sayfa başka bir uygulamanın içinde açıldı. İsterseniz tarayıcınızda açabilirsiniz.
}
app-open = Tarayıcıda aç
app-copy = Bağlantıyı kopyala
app-copied = Bağlantı kopyalandı

### Notices: a heading, what happened, and the way on

link-invalid-heading = Bu bağlantı kullanılamıyor
link-invalid-what = { $purpose ->
    [verify-email] Bu doğrulama bağlantısı geçerli değil.
    [other] Bu bağlantı geçerli değil.
   *[sign-in] Bu oturum açma bağlantısı geçerli değil.
}
link-invalid-way = Devam etmek için yenisini isteyin.

link-used-heading = Bu bağlantıyı zaten kullandınız
link-used-what = Her bağlantı bir kez çalışır ve bu bağlantı bu tarayıcıda görevini tamamladı.
link-used-way = { $purpose ->
    [verify-email] E-posta adresiniz zaten doğrulanmış olabilir. Değilse yeni bir bağlantı isteyin.
    [other] Diğer sekmelerinize bakın. Eksik bir şey varsa yeni bir bağlantı isteyin.
   *[sign-in] Diğer sekmelerinize bakın: Oturumunuz zaten açık olabilir. Değilse yeni bir bağlantı isteyin.
}

link-used-elsewhere-heading = Bu bağlantı zaten kullanıldı
link-used-elsewhere-what = Her bağlantı bir kez çalışır. Bu bağlantı başka bir tarayıcıda, belki de e-posta uygulamanızın içinde kullanıldı.
link-used-elsewhere-way = { $purpose ->
    [verify-email] E-posta adresiniz zaten doğrulanmış olabilir. Değilse yeni bir bağlantı isteyin.
    [other] Önce oraya bakın. Eksik bir şey varsa yeni bir bağlantı isteyin.
   *[sign-in] Önce oraya bakın: Oturumunuz açık olabilir. Burada oturum açmak için yeni bir bağlantı isteyin.
}

link-expired-heading = Bu bağlantı çok eski
link-expired-what = Bağlantılar yalnızca kısa bir süre çalışır ve bunun süresi doldu.
link-expired-way = Devam etmek için yenisini isteyin.

too-many-tries-heading = Çok fazla deneme
too-many-tries-what = Bu hizmet şimdilik başka deneme almıyor.
too-many-tries-way = Birkaç dakika bekleyin, sonra yeniden deneyin.

link-incomplete-heading = Bu bağlantı eksik
link-incomplete-what = Size gelirken kesilmiş ya da değişmiş görünüyor.
link-incomplete-way = E-postanızdaki bağlantının tamamını adres çubuğuna kopyalayın ya da yenisini isteyin.

bad-request-heading = Bu adres açılamıyor
bad-request-what = Bu adres yazıldığı haliyle açılamıyor.
bad-request-way = E-postayla geldiyse bağlantıyı oradan yeniden açın ya da tamamını kopyalayın.

opened-elsewhere-heading = Bu bağlantı az önce açıldı
opened-elsewhere-what = Biraz önce başka bir pencerede ya da uygulamada açıldı.
opened-elsewhere-way = { $purpose ->
    [verify-email] Önce oraya bakın: E-posta adresiniz zaten doğrulanmış olabilir. Açan siz değilseniz yeni bir bağlantı isteyin.
    [other] Önce oraya bakın. Açan siz değilseniz yeni bir bağlantı isteyin.
   *[sign-in] Önce oraya bakın: Oturumunuz zaten açık olabilir. Açan siz değilseniz yeni bir bağlantı isteyin.
}

confirmation-required-heading = Lütfen önce bağlantıyı açın
confirmation-required-what = { $purpose ->
    [sign-in] Bu isteğin arkasındaki oturum açma bağlantısı henüz doğrulanmadı ya da üzerinden çok zaman geçti.
   *[other] Bu isteğin arkasındaki bağlantı henüz doğrulanmadı ya da üzerinden çok zaman geçti.
}
confirmation-required-way = E-postanızdaki bağlantıyı açın ve oradaki düğmeye basın.

call-refused-heading = Bu istek okunamıyor
call-refused-what = Denetlenemeyen bir biçimde gönderildiği için iletilmedi.
call-refused-way = { -open-again }

visit-refused-heading = Bu bağlantı burada açılamıyor
visit-refused-what = Bu site, bu programın ya da ağın bağlantılarını açmasına izin vermiyor.
visit-refused-way = Başka bir tarayıcı ya da ağ deneyin veya sitenin yardım masasına aşağıdaki referansı bildirin.

method-not-allowed-heading = Bu sayfa bu şekilde kullanılamaz
method-not-allowed-what = Tarayıcınız ya da programınız, bu adresin bilmediği bir biçimde istekte bulundu.
method-not-allowed-way = { -open-again }

unknown-host-heading = Bu site burada değil
unknown-host-what = Adresteki ad bu sunucudaki hiçbir siteye ait değil.
unknown-host-way = Adreste yazım hatası olup olmadığına bakın.

request-timeout-heading = Bu çok uzun sürdü
request-timeout-what = İsteğiniz zamanında eksiksiz ulaşmadı.
request-timeout-way = Bağlantınızı denetleyin, geri dönün ve yeniden deneyin.

content-too-large-heading = Bir seferde çok fazla
content-too-large-what = Gönderilen, bu adresin alabileceğinden büyük.
content-too-large-way = Geri dönün ve daha az gönderin.

target-too-long-heading = Bu adres çok uzun
target-too-long-what = Bu sunucunun alabileceğinden daha uzun.
target-too-long-way = E-postayla geldiyse bağlantıyı oradan yeniden açın.

confirmation-not-sent-heading = { $purpose ->
    [sign-in] Şu anda oturum açılamıyor
   *[other] Hizmete şu anda ulaşılamıyor
}
confirmation-not-sent-what = Hizmet yanıt vermiyor. Bağlantınız kullanılmadı.
confirmation-not-sent-way = Biraz bekleyin, sonra yeniden deneyin.

confirmation-unknown-heading = Yolda bir şeyler ters gitti
confirmation-unknown-what = Hizmet yarıda kesildi, bu yüzden bağlantınızın kullanılıp kullanılmadığını bilemiyoruz.
confirmation-unknown-way = { -try-or-new }

confirmation-timeout-heading = { $purpose ->
    [sign-in] Oturum açma çok uzun sürüyor
   *[other] Bu çok uzun sürüyor
}
confirmation-timeout-what = Hizmet zamanında yanıt vermedi, bu yüzden bağlantınızın kullanılıp kullanılmadığını bilemiyoruz.
confirmation-timeout-way = { -try-or-new }

upstream-down-heading = Bu siteye şu anda ulaşılamıyor
upstream-down-what = Bu sayfanın arkasındaki hizmet yanıt vermiyor.
upstream-down-way = { -reload }

upstream-broken-heading = Yolda bir şeyler ters gitti
upstream-broken-what = Bu sayfanın arkasındaki hizmet yanıtını yarıda kesti.
upstream-broken-way = { -reload }

upstream-slow-heading = Bu çok uzun sürüyor
upstream-slow-what = Bu sayfanın arkasındaki hizmet zamanında yanıt vermedi.
upstream-slow-way = { -reload }

busy-heading = Şu anda çok yoğun
busy-what = Burada aynı anda her zamankinden çok kişi var.
busy-way = { -reload }

internal-heading = Burada bir şeyler ters gitti
internal-what = Hata sizde değil, bizde.
internal-way = { -reload } Sürerse sitenin yardım masasına aşağıdaki referansı bildirin.
