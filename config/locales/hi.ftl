# Hindi. What each text is for stands in en.ftl; how texts are written and tried: docs/languages.md.

### Used in several texts

-reload = थोड़ी देर रुकें, फिर पेज दोबारा लोड करें।
-try-or-new = आप फिर से कोशिश कर सकते हैं। अगर लिंक अब काम नहीं करता, तो नया लिंक माँगें।
-open-again = अपने ईमेल से लिंक फिर से खोलें।

### On every page

language-name = हिन्दी
language = भाषा
language-change = भाषा बदलें
reference = संदर्भ संख्या: { $reference }
new-link = नया लिंक भेजें
try-again = फिर से कोशिश करें

### The page that holds a link until a person presses

hold-title = { $purpose ->
    [verify-email] अपने ईमेल पते की पुष्टि करें
    [other] जारी रखें
   *[sign-in] साइन इन करना जारी रखें
}
hold-heading = { $purpose ->
    [verify-email] अपने ईमेल पते की पुष्टि के लिए एक और कदम
    [other] एक और कदम
   *[sign-in] साइन इन करने के लिए एक और कदम
}
hold-text = { $purpose ->
    [verify-email] आपने वह लिंक खोला है जो आपके ईमेल पते की पुष्टि करता है। इसे इस्तेमाल करने के लिए बटन दबाएँ।
    [other] आपने ईमेल से एक लिंक खोला है। इसे इस्तेमाल करने के लिए बटन दबाएँ।
   *[sign-in] आपने साइन-इन लिंक खोला है। इसे इस्तेमाल करने के लिए बटन दबाएँ।
}
hold-action = { $purpose ->
    [verify-email] ईमेल पते की पुष्टि करें
    [other] जारी रखें
   *[sign-in] साइन इन करना जारी रखें
}
hold-why = यह पेज क्यों? ईमेल प्रोग्राम कभी-कभी लिंक अपने आप खोल देते हैं। जब तक आप बटन नहीं दबाते, आपका लिंक इस्तेमाल नहीं होगा।
hold-unasked = अगर आपने यह लिंक नहीं माँगा था, तो यह पेज बंद कर दें।

### The same page where digits have to be typed

code-text = { $purpose ->
    [verify-email] आपने वह लिंक खोला है जो आपके ईमेल पते की पुष्टि करता है। इसे इस्तेमाल करने के लिए नीचे दिए गए अंक लिखें और बटन दबाएँ।
    [other] आपने ईमेल से एक लिंक खोला है। इसे इस्तेमाल करने के लिए नीचे दिए गए अंक लिखें और बटन दबाएँ।
   *[sign-in] आपने साइन-इन लिंक खोला है। इसे इस्तेमाल करने के लिए नीचे दिए गए अंक लिखें और बटन दबाएँ।
}
code-label = ये अंक लिखें:
code-why = अंक क्यों? प्रोग्राम कभी-कभी ईमेल के लिंक खोल देते हैं, और यह विज़िट कुछ वैसी ही लगी। अंक लिखने से पता चलता है कि यहाँ कोई व्यक्ति है। तब तक आपका लिंक इस्तेमाल नहीं होगा।
code-needed = एक बात और: कृपया अंक भी लिखें।
code-missing = कृपया पहले अंक लिखें।
code-wrong = ये अंक सही नहीं थे। कृपया मिलाकर फिर से लिखें।
code-wrong-again = ये अंक सही नहीं थे। दस सेकंड रुकें, फिर दोबारा लिखें।
code-wrong-and-replaced = अंक सही नहीं थे, इसलिए यहाँ नए अंक हैं। कुछ सेकंड रुकें, फिर इन्हें लिखें।
code-too-soon = यह थोड़ा जल्दी हो गया। दस सेकंड रुकें, फिर बटन दोबारा दबाएँ।
code-replaced = अंक बदल गए हैं। कृपया नए अंक लिखें।

### The same page inside another app, such as a mail app

app-note = { $purpose ->
    [sign-in] यह पेज किसी दूसरे ऐप के अंदर खुला है। अपने ब्राउज़र में साइन इन करने के लिए इसे वहाँ खोलें।
   *[other] यह पेज किसी दूसरे ऐप के अंदर खुला है। आप चाहें तो इसे अपने ब्राउज़र में खोल सकते हैं।
}
app-open = ब्राउज़र में खोलें
app-copy = लिंक कॉपी करें
app-copied = लिंक कॉपी हो गया

### Notices: a heading, what happened, and the way on

link-invalid-heading = यह लिंक इस्तेमाल नहीं हो सकता
link-invalid-what = { $purpose ->
    [verify-email] यह पुष्टि लिंक मान्य नहीं है।
    [other] यह लिंक मान्य नहीं है।
   *[sign-in] यह साइन-इन लिंक मान्य नहीं है।
}
link-invalid-way = जारी रखने के लिए नया लिंक माँगें।

link-used-heading = आप यह लिंक पहले ही इस्तेमाल कर चुके हैं
link-used-what = हर लिंक एक ही बार काम करता है, और यह इस ब्राउज़र में अपना काम कर चुका है।
link-used-way = { $purpose ->
    [verify-email] शायद आपके ईमेल पते की पुष्टि पहले ही हो चुकी है। अगर नहीं, तो नया लिंक माँगें।
    [other] अपने दूसरे टैब देखें। अगर कुछ रह गया है, तो नया लिंक माँगें।
   *[sign-in] अपने दूसरे टैब देखें: शायद आप पहले ही साइन इन कर चुके हैं। अगर नहीं, तो नया लिंक माँगें।
}

link-used-elsewhere-heading = यह लिंक पहले ही इस्तेमाल हो चुका है
link-used-elsewhere-what = हर लिंक एक ही बार काम करता है। यह किसी दूसरे ब्राउज़र में इस्तेमाल हुआ, शायद आपके ईमेल ऐप के अंदर।
link-used-elsewhere-way = { $purpose ->
    [verify-email] शायद आपके ईमेल पते की पुष्टि पहले ही हो चुकी है। अगर नहीं, तो नया लिंक माँगें।
    [other] पहले वहाँ देखें। अगर कुछ रह गया है, तो नया लिंक माँगें।
   *[sign-in] पहले वहाँ देखें: शायद आप साइन इन कर चुके हैं। यहाँ साइन इन करने के लिए नया लिंक माँगें।
}

link-expired-heading = यह लिंक बहुत पुराना है
link-expired-what = लिंक थोड़े समय तक ही काम करते हैं, और इसका समय पूरा हो गया है।
link-expired-way = जारी रखने के लिए नया लिंक माँगें।

too-many-tries-heading = बहुत ज़्यादा कोशिशें
too-many-tries-what = यह सेवा फ़िलहाल और कोशिशें नहीं ले रही।
too-many-tries-way = कुछ मिनट रुकें, फिर दोबारा कोशिश करें।

link-incomplete-heading = यह लिंक अधूरा है
link-incomplete-what = लगता है कि आप तक पहुँचते-पहुँचते यह कट गया या बदल गया।
link-incomplete-way = अपने ईमेल से पूरा लिंक पता बार में कॉपी करें, या नया लिंक माँगें।

bad-request-heading = यह पता नहीं खोला जा सकता
bad-request-what = यह पता जैसे लिखा है, वैसे नहीं खोला जा सकता।
bad-request-way = अगर यह ईमेल से आया है, तो लिंक वहाँ से फिर खोलें, या पूरा कॉपी करें।

opened-elsewhere-heading = यह लिंक अभी-अभी खोला गया
opened-elsewhere-what = इसे कुछ क्षण पहले किसी दूसरी विंडो या ऐप में खोला गया।
opened-elsewhere-way = { $purpose ->
    [verify-email] पहले वहाँ देखें: शायद आपके ईमेल पते की पुष्टि पहले ही हो चुकी है। अगर वह आप नहीं थे, तो नया लिंक माँगें।
    [other] पहले वहाँ देखें। अगर वह आप नहीं थे, तो नया लिंक माँगें।
   *[sign-in] पहले वहाँ देखें: शायद आप पहले ही साइन इन कर चुके हैं। अगर वह आप नहीं थे, तो नया लिंक माँगें।
}

confirmation-required-heading = कृपया पहले लिंक खोलें
confirmation-required-what = { $purpose ->
    [sign-in] इस अनुरोध से जुड़े साइन-इन लिंक की अभी पुष्टि नहीं हुई है, या बहुत पहले हुई थी।
   *[other] इस अनुरोध से जुड़े लिंक की अभी पुष्टि नहीं हुई है, या बहुत पहले हुई थी।
}
confirmation-required-way = अपने ईमेल से लिंक खोलें और वहाँ बटन दबाएँ।

call-refused-heading = यह अनुरोध पढ़ा नहीं जा सकता
call-refused-what = इसे ऐसे रूप में भेजा गया जिसकी जाँच नहीं हो सकती, इसलिए इसे आगे नहीं भेजा गया।
call-refused-way = { -open-again }

visit-refused-heading = यह लिंक यहाँ नहीं खोला जा सकता
visit-refused-what = यह साइट इस प्रोग्राम या नेटवर्क को अपने लिंक खोलने नहीं देती।
visit-refused-way = कोई दूसरा ब्राउज़र या नेटवर्क आज़माएँ, या साइट के सहायता केंद्र से पूछें और नीचे दी गई संदर्भ संख्या बताएँ।

method-not-allowed-heading = यह पेज इस तरह इस्तेमाल नहीं हो सकता
method-not-allowed-what = आपके ब्राउज़र या प्रोग्राम ने ऐसे तरीके से अनुरोध किया जिसे यह पता नहीं जानता।
method-not-allowed-way = { -open-again }

unknown-host-heading = यह साइट यहाँ नहीं है
unknown-host-what = पते में दिया गया नाम इस सर्वर की किसी साइट का नहीं है।
unknown-host-way = देखें कि पते में टाइपिंग की गलती तो नहीं है।

request-timeout-heading = इसमें बहुत समय लग गया
request-timeout-what = आपका अनुरोध समय पर पूरा नहीं पहुँचा।
request-timeout-way = अपना कनेक्शन जाँचें, वापस जाएँ और फिर से कोशिश करें।

content-too-large-heading = एक बार में बहुत ज़्यादा
content-too-large-what = जो भेजा गया, वह इस पते की सीमा से बड़ा है।
content-too-large-way = वापस जाएँ और कम भेजें।

target-too-long-heading = यह पता बहुत लंबा है
target-too-long-what = यह इस सर्वर की सीमा से लंबा है।
target-too-long-way = अगर यह ईमेल से आया है, तो लिंक वहाँ से फिर खोलें।

confirmation-not-sent-heading = { $purpose ->
    [sign-in] अभी साइन इन नहीं हो सकता
   *[other] अभी सेवा तक नहीं पहुँचा जा सकता
}
confirmation-not-sent-what = सेवा जवाब नहीं दे रही। आपका लिंक इस्तेमाल नहीं हुआ है।
confirmation-not-sent-way = थोड़ी देर रुकें, फिर दोबारा कोशिश करें।

confirmation-unknown-heading = रास्ते में कुछ गड़बड़ हो गई
confirmation-unknown-what = सेवा बीच में रुक गई, इसलिए हम नहीं बता सकते कि आपका लिंक इस्तेमाल हुआ या नहीं।
confirmation-unknown-way = { -try-or-new }

confirmation-timeout-heading = { $purpose ->
    [sign-in] साइन इन में बहुत समय लग रहा है
   *[other] इसमें बहुत समय लग रहा है
}
confirmation-timeout-what = सेवा ने समय पर जवाब नहीं दिया, इसलिए हम नहीं बता सकते कि आपका लिंक इस्तेमाल हुआ या नहीं।
confirmation-timeout-way = { -try-or-new }

upstream-down-heading = अभी इस साइट तक नहीं पहुँचा जा सकता
upstream-down-what = इस पेज के पीछे की सेवा जवाब नहीं दे रही।
upstream-down-way = { -reload }

upstream-broken-heading = रास्ते में कुछ गड़बड़ हो गई
upstream-broken-what = इस पेज के पीछे की सेवा ने अपना जवाब बीच में रोक दिया।
upstream-broken-way = { -reload }

upstream-slow-heading = इसमें बहुत समय लग रहा है
upstream-slow-what = इस पेज के पीछे की सेवा ने समय पर जवाब नहीं दिया।
upstream-slow-way = { -reload }

busy-heading = अभी बहुत भीड़ है
busy-what = यहाँ एक साथ सामान्य से ज़्यादा लोग हैं।
busy-way = { -reload }

internal-heading = यहाँ कुछ गड़बड़ हो गई
internal-what = यह हमारी गलती है, आपकी नहीं।
internal-way = { -reload } अगर यह बनी रहे, तो साइट के सहायता केंद्र को नीचे दी गई संदर्भ संख्या बताएँ।
