# Arabic. What each text is for stands in en.ftl; how texts are written and tried: docs/languages.md.

### Used in several texts

-reload = يُرجى الانتظار قليلًا ثم إعادة تحميل الصفحة.
-try-or-new = يمكنك المحاولة مرة أخرى. إذا لم يعد الرابط يعمل، فاطلب رابطًا جديدًا.
-open-again = افتح الرابط من رسالة البريد مرة أخرى.

### On every page

language-name = العربية
language = اللغة
language-change = تغيير اللغة
reference = الرقم المرجعي: { $reference }
new-link = إرسال رابط جديد
try-again = المحاولة مرة أخرى

### The page that holds a link until a person presses

hold-title = { $purpose ->
    [verify-email] تأكيد عنوان بريدك الإلكتروني
    [other] متابعة
   *[sign-in] متابعة تسجيل الدخول
}
hold-heading = { $purpose ->
    [verify-email] خطوة واحدة أخرى لتأكيد عنوان بريدك الإلكتروني
    [other] خطوة واحدة أخرى
   *[sign-in] خطوة واحدة أخرى لتسجيل الدخول
}
hold-text = { $purpose ->
    [verify-email] لقد فتحت رابطًا يؤكد عنوان بريدك الإلكتروني. اضغط على الزر لاستخدامه.
    [other] لقد فتحت رابطًا من رسالة بريد. اضغط على الزر لاستخدامه.
   *[sign-in] لقد فتحت رابطًا لتسجيل الدخول. اضغط على الزر لاستخدامه.
}
hold-action = { $purpose ->
    [verify-email] تأكيد عنوان البريد الإلكتروني
    [other] متابعة
   *[sign-in] متابعة تسجيل الدخول
}
hold-why = لماذا هذه الصفحة؟ تفتح برامج البريد الروابط من تلقاء نفسها أحيانًا. يبقى رابطك غير مستخدَم إلى أن تضغط على الزر.
hold-unasked = إذا لم تطلب هذا الرابط، فأغلق هذه الصفحة.

### The same page where digits have to be typed

code-text = { $purpose ->
    [verify-email] لقد فتحت رابطًا يؤكد عنوان بريدك الإلكتروني. اكتب الأرقام أدناه واضغط على الزر لاستخدامه.
    [other] لقد فتحت رابطًا من رسالة بريد. اكتب الأرقام أدناه واضغط على الزر لاستخدامه.
   *[sign-in] لقد فتحت رابطًا لتسجيل الدخول. اكتب الأرقام أدناه واضغط على الزر لاستخدامه.
}
code-label = اكتب هذه الأرقام:
code-why = لماذا الأرقام؟ تفتح بعض البرامج روابط الرسائل أحيانًا، وقد بدت هذه الزيارة شبيهة بذلك بعض الشيء. كتابة الأرقام تُظهر أن هنا إنسانًا. ويبقى رابطك غير مستخدَم حتى ذلك الحين.
code-needed = شيء آخر: يُرجى كتابة الأرقام أيضًا.
code-missing = يُرجى كتابة الأرقام أولًا.
code-wrong = هذه الأرقام غير صحيحة. يُرجى مقارنتها وكتابتها مرة أخرى.
code-wrong-again = هذه الأرقام غير صحيحة. انتظر عشر ثوانٍ ثم اكتبها مرة أخرى.
code-wrong-and-replaced = لم تكن الأرقام صحيحة، وهذه أرقام جديدة. انتظر بضع ثوانٍ ثم اكتبها.
code-too-soon = كان ذلك مبكرًا قليلًا. انتظر عشر ثوانٍ ثم اضغط على الزر مرة أخرى.
code-replaced = لقد تغيّرت الأرقام. يُرجى كتابة الأرقام الجديدة.

### The same page inside another app, such as a mail app

app-note = { $purpose ->
    [sign-in] هذه الصفحة مفتوحة داخل تطبيق آخر. لتسجيل الدخول في متصفحك، افتحها هناك.
   *[other] هذه الصفحة مفتوحة داخل تطبيق آخر. يمكنك فتحها في متصفحك بدلًا من ذلك.
}
app-open = الفتح في المتصفح
app-copy = نسخ الرابط
app-copied = تم نسخ الرابط

### Notices: a heading, what happened, and the way on

link-invalid-heading = لا يمكن استخدام هذا الرابط
link-invalid-what = { $purpose ->
    [verify-email] رابط التأكيد هذا غير صالح.
    [other] هذا الرابط غير صالح.
   *[sign-in] رابط تسجيل الدخول هذا غير صالح.
}
link-invalid-way = اطلب رابطًا جديدًا للمتابعة.

link-used-heading = لقد استخدمت هذا الرابط من قبل
link-used-what = يعمل كل رابط مرة واحدة، وقد أدى هذا الرابط غرضه في هذا المتصفح.
link-used-way = { $purpose ->
    [verify-email] ربما تم تأكيد عنوان بريدك الإلكتروني بالفعل. وإلا فاطلب رابطًا جديدًا.
    [other] تحقّق من علامات التبويب الأخرى. إذا كان هناك شيء ناقص، فاطلب رابطًا جديدًا.
   *[sign-in] تحقّق من علامات التبويب الأخرى: ربما سجّلت الدخول بالفعل. وإلا فاطلب رابطًا جديدًا.
}

link-used-elsewhere-heading = استُخدم هذا الرابط من قبل
link-used-elsewhere-what = يعمل كل رابط مرة واحدة. وقد استُخدم هذا الرابط في متصفح آخر، ربما داخل تطبيق البريد لديك.
link-used-elsewhere-way = { $purpose ->
    [verify-email] ربما تم تأكيد عنوان بريدك الإلكتروني بالفعل. وإلا فاطلب رابطًا جديدًا.
    [other] تحقّق هناك أولًا. إذا كان هناك شيء ناقص، فاطلب رابطًا جديدًا.
   *[sign-in] تحقّق هناك أولًا: ربما سجّلت الدخول. لتسجيل الدخول هنا، اطلب رابطًا جديدًا.
}

link-expired-heading = هذا الرابط قديم جدًا
link-expired-what = تعمل الروابط لمدة قصيرة فقط، وقد انتهت مدة هذا الرابط.
link-expired-way = اطلب رابطًا جديدًا للمتابعة.

too-many-tries-heading = محاولات كثيرة جدًا
too-many-tries-what = لا تقبل هذه الخدمة مزيدًا من المحاولات في الوقت الحالي.
too-many-tries-way = انتظر بضع دقائق ثم حاول مرة أخرى.

link-incomplete-heading = هذا الرابط غير مكتمل
link-incomplete-what = يبدو أنه قُطع أو تغيّر في طريقه إليك.
link-incomplete-way = انسخ الرابط كاملًا من رسالة البريد إلى شريط العنوان، أو اطلب رابطًا جديدًا.

bad-request-heading = لا يمكن فتح هذا العنوان
bad-request-what = لا يمكن فتح هذا العنوان كما هو مكتوب.
bad-request-way = إذا وصلك بالبريد، فافتح الرابط من هناك مرة أخرى أو انسخه كاملًا.

opened-elsewhere-heading = فُتح هذا الرابط للتو
opened-elsewhere-what = فُتح قبل لحظات في نافذة أخرى أو تطبيق آخر.
opened-elsewhere-way = { $purpose ->
    [verify-email] تحقّق هناك أولًا: ربما تم تأكيد عنوان بريدك الإلكتروني بالفعل. إذا لم تكن أنت من فتحه، فاطلب رابطًا جديدًا.
    [other] تحقّق هناك أولًا. إذا لم تكن أنت من فتحه، فاطلب رابطًا جديدًا.
   *[sign-in] تحقّق هناك أولًا: ربما سجّلت الدخول بالفعل. إذا لم تكن أنت من فتحه، فاطلب رابطًا جديدًا.
}

confirmation-required-heading = يُرجى فتح الرابط أولًا
confirmation-required-what = { $purpose ->
    [sign-in] لم يُؤكَّد بعد رابط تسجيل الدخول الخاص بهذا الطلب، أو مضى على ذلك وقت طويل.
   *[other] لم يُؤكَّد بعد الرابط الخاص بهذا الطلب، أو مضى على ذلك وقت طويل.
}
confirmation-required-way = افتح الرابط من رسالة البريد واضغط على الزر هناك.

call-refused-heading = لا يمكن قراءة هذا الطلب
call-refused-what = أُرسل بصيغة لا يمكن التحقق منها، لذلك لم يُمرَّر.
call-refused-way = { -open-again }

visit-refused-heading = لا يمكن فتح هذا الرابط هنا
visit-refused-what = لا يسمح هذا الموقع لهذا البرنامج أو لهذه الشبكة بفتح روابطه.
visit-refused-way = جرّب متصفحًا آخر أو شبكة أخرى، أو اسأل دعم الموقع واذكر الرقم المرجعي أدناه.

method-not-allowed-heading = لا يمكن استخدام هذه الصفحة بهذه الطريقة
method-not-allowed-what = طلب متصفحك أو برنامجك بطريقة لا يعرفها هذا العنوان.
method-not-allowed-way = { -open-again }

unknown-host-heading = هذا الموقع ليس هنا
unknown-host-what = الاسم الوارد في العنوان لا يخص أي موقع على هذا الخادم.
unknown-host-way = تحقّق من عدم وجود خطأ إملائي في العنوان.

request-timeout-heading = استغرق ذلك وقتًا طويلًا
request-timeout-what = لم يصل طلبك كاملًا في الوقت المناسب.
request-timeout-way = تحقّق من اتصالك، ثم ارجع وحاول مرة أخرى.

content-too-large-heading = هذا كثير دفعة واحدة
content-too-large-what = ما أُرسل أكبر مما يقبله هذا العنوان.
content-too-large-way = ارجع وأرسل أقل.

target-too-long-heading = هذا العنوان طويل جدًا
target-too-long-what = إنه أطول مما يقبله هذا الخادم.
target-too-long-way = إذا وصلك بالبريد، فافتح الرابط من هناك مرة أخرى.

confirmation-not-sent-heading = { $purpose ->
    [sign-in] تعذّر تسجيل الدخول حاليًا
   *[other] تعذّر الوصول إلى الخدمة حاليًا
}
confirmation-not-sent-what = الخدمة لا تستجيب. لم يُستخدم رابطك.
confirmation-not-sent-way = انتظر قليلًا ثم حاول مرة أخرى.

confirmation-unknown-heading = حدث خطأ ما في الطريق
confirmation-unknown-what = انقطعت الخدمة، لذلك لا يمكننا معرفة ما إذا كان رابطك قد استُخدم.
confirmation-unknown-way = { -try-or-new }

confirmation-timeout-heading = { $purpose ->
    [sign-in] يستغرق تسجيل الدخول وقتًا طويلًا
   *[other] يستغرق هذا وقتًا طويلًا
}
confirmation-timeout-what = لم تستجب الخدمة في الوقت المناسب، لذلك لا يمكننا معرفة ما إذا كان رابطك قد استُخدم.
confirmation-timeout-way = { -try-or-new }

upstream-down-heading = تعذّر الوصول إلى هذا الموقع حاليًا
upstream-down-what = الخدمة التي تقف خلف هذه الصفحة لا تستجيب.
upstream-down-way = { -reload }

upstream-broken-heading = حدث خطأ ما في الطريق
upstream-broken-what = قطعت الخدمة التي تقف خلف هذه الصفحة ردّها.
upstream-broken-way = { -reload }

upstream-slow-heading = يستغرق هذا وقتًا طويلًا
upstream-slow-what = لم تستجب الخدمة التي تقف خلف هذه الصفحة في الوقت المناسب.
upstream-slow-way = { -reload }

busy-heading = ازدحام شديد حاليًا
busy-what = يوجد هنا في وقت واحد عدد من الأشخاص أكبر من المعتاد.
busy-way = { -reload }

internal-heading = حدث خطأ ما هنا
internal-what = الخطأ منّا وليس منك.
internal-way = { -reload } إذا استمر ذلك، فاذكر لدعم الموقع الرقم المرجعي أدناه.
