# Hebrew. What each text is for stands in en.ftl; how texts are written and tried: docs/languages.md.

### Used in several texts

-reload = יש להמתין רגע ואז לטעון את הדף מחדש.
-try-or-new = אפשר לנסות שוב. אם הקישור כבר לא פועל, יש לבקש קישור חדש.
-open-again = יש לפתוח שוב את הקישור מהודעת המייל.

### On every page

language-name = עברית
language = שפה
language-change = החלפת שפה
reference = מספר אסמכתה: { $reference }
new-link = שליחת קישור חדש
try-again = ניסיון נוסף

### The page that holds a link until a person presses

hold-title = { $purpose ->
    [verify-email] אימות כתובת המייל שלך
    [other] המשך
   *[sign-in] המשך לכניסה
}
hold-heading = { $purpose ->
    [verify-email] עוד צעד אחד לאימות כתובת המייל שלך
    [other] עוד צעד אחד
   *[sign-in] עוד צעד אחד עד הכניסה
}
hold-text = { $purpose ->
    [verify-email] פתחת קישור שמאמת את כתובת המייל שלך. כדי להשתמש בו, יש ללחוץ על הכפתור.
    [other] פתחת קישור מהודעת מייל. כדי להשתמש בו, יש ללחוץ על הכפתור.
   *[sign-in] פתחת קישור כניסה. כדי להשתמש בו, יש ללחוץ על הכפתור.
}
hold-action = { $purpose ->
    [verify-email] אימות כתובת המייל
    [other] המשך
   *[sign-in] המשך לכניסה
}
hold-why = למה הדף הזה? תוכנות דואר פותחות לפעמים קישורים מעצמן. הקישור שלך יישאר לא מנוצל עד ללחיצה על הכפתור.
hold-unasked = אם לא ביקשת את הקישור הזה, יש לסגור את הדף.

### The same page where digits have to be typed

code-text = { $purpose ->
    [verify-email] פתחת קישור שמאמת את כתובת המייל שלך. כדי להשתמש בו, יש להקליד את הספרות שלמטה וללחוץ על הכפתור.
    [other] פתחת קישור מהודעת מייל. כדי להשתמש בו, יש להקליד את הספרות שלמטה וללחוץ על הכפתור.
   *[sign-in] פתחת קישור כניסה. כדי להשתמש בו, יש להקליד את הספרות שלמטה וללחוץ על הכפתור.
}
code-label = יש להקליד את הספרות האלה:
code-why = למה ספרות? תוכנות פותחות לפעמים קישורים מהודעות מייל, והביקור הזה נראה קצת כך. ההקלדה מראה שיש כאן אדם. עד אז הקישור שלך יישאר לא מנוצל.
code-needed = עוד דבר אחד: יש להקליד גם את הספרות.
code-missing = קודם יש להקליד את הספרות.
code-wrong = הספרות האלה לא היו נכונות. יש להשוות ולהקליד אותן שוב.
code-wrong-again = הספרות האלה לא היו נכונות. יש להמתין עשר שניות ולהקליד אותן שוב.
code-wrong-and-replaced = הספרות לא היו נכונות, ולכן הנה חדשות. יש להמתין כמה שניות ואז להקליד אותן.
code-too-soon = זה היה מעט מוקדם מדי. יש להמתין עשר שניות וללחוץ שוב על הכפתור.
code-replaced = הספרות התחלפו. יש להקליד את החדשות.

### The same page inside another app, such as a mail app

app-note = { $purpose ->
    [sign-in] הדף הזה פתוח בתוך אפליקציה אחרת. כדי להיכנס בדפדפן שלך, יש לפתוח אותו שם.
   *[other] הדף הזה פתוח בתוך אפליקציה אחרת. אפשר לפתוח אותו בדפדפן שלך במקום זאת.
}
app-open = פתיחה בדפדפן
app-copy = העתקת הקישור
app-copied = הקישור הועתק

### Notices: a heading, what happened, and the way on

link-invalid-heading = אי אפשר להשתמש בקישור הזה
link-invalid-what = { $purpose ->
    [verify-email] קישור האימות הזה אינו תקף.
    [other] הקישור הזה אינו תקף.
   *[sign-in] קישור הכניסה הזה אינו תקף.
}
link-invalid-way = כדי להמשיך, יש לבקש קישור חדש.

link-used-heading = כבר השתמשת בקישור הזה
link-used-what = כל קישור פועל פעם אחת, וזה כבר מילא את תפקידו בדפדפן הזה.
link-used-way = { $purpose ->
    [verify-email] ייתכן שכתובת המייל שלך כבר אומתה. אם לא, יש לבקש קישור חדש.
    [other] כדאי לבדוק בכרטיסיות האחרות. אם חסר משהו, יש לבקש קישור חדש.
   *[sign-in] כדאי לבדוק בכרטיסיות האחרות: ייתכן שכבר נכנסת. אם לא, יש לבקש קישור חדש.
}

link-used-elsewhere-heading = כבר נעשה שימוש בקישור הזה
link-used-elsewhere-what = כל קישור פועל פעם אחת. בקישור הזה נעשה שימוש בדפדפן אחר, אולי בתוך אפליקציית הדואר שלך.
link-used-elsewhere-way = { $purpose ->
    [verify-email] ייתכן שכתובת המייל שלך כבר אומתה. אם לא, יש לבקש קישור חדש.
    [other] כדאי לבדוק קודם שם. אם חסר משהו, יש לבקש קישור חדש.
   *[sign-in] כדאי לבדוק קודם שם: ייתכן שכבר נכנסת. כדי להיכנס כאן, יש לבקש קישור חדש.
}

link-expired-heading = הקישור הזה ישן מדי
link-expired-what = קישורים פועלים לזמן קצר בלבד, והזמן של הקישור הזה עבר.
link-expired-way = כדי להמשיך, יש לבקש קישור חדש.

too-many-tries-heading = יותר מדי ניסיונות
too-many-tries-what = השירות הזה לא מקבל כרגע ניסיונות נוספים.
too-many-tries-way = יש להמתין כמה דקות ואז לנסות שוב.

link-incomplete-heading = הקישור הזה לא שלם
link-incomplete-what = נראה שהוא נקטע או השתנה בדרך אליך.
link-incomplete-way = יש להעתיק את הקישור המלא מהודעת המייל לשורת הכתובת, או לבקש קישור חדש.

bad-request-heading = אי אפשר לפתוח את הכתובת הזאת
bad-request-what = אי אפשר לפתוח את הכתובת הזאת כפי שהיא כתובה.
bad-request-way = אם היא הגיעה במייל, יש לפתוח שם שוב את הקישור, או להעתיק אותו במלואו.

opened-elsewhere-heading = הקישור הזה נפתח ממש עכשיו
opened-elsewhere-what = הוא נפתח לפני רגע בחלון אחר או באפליקציה אחרת.
opened-elsewhere-way = { $purpose ->
    [verify-email] כדאי לבדוק קודם שם: ייתכן שכתובת המייל שלך כבר אומתה. אם לא פתחת אותו בעצמך, יש לבקש קישור חדש.
    [other] כדאי לבדוק קודם שם. אם לא פתחת אותו בעצמך, יש לבקש קישור חדש.
   *[sign-in] כדאי לבדוק קודם שם: ייתכן שכבר נכנסת. אם לא פתחת אותו בעצמך, יש לבקש קישור חדש.
}

confirmation-required-heading = קודם יש לפתוח את הקישור
confirmation-required-what = { $purpose ->
    [sign-in] קישור הכניסה שמאחורי הבקשה הזאת עדיין לא אושר, או שעבר זמן רב מדי.
   *[other] הקישור שמאחורי הבקשה הזאת עדיין לא אושר, או שעבר זמן רב מדי.
}
confirmation-required-way = יש לפתוח את הקישור מהודעת המייל וללחוץ שם על הכפתור.

call-refused-heading = אי אפשר לקרוא את הבקשה הזאת
call-refused-what = היא נשלחה בצורה שאי אפשר לבדוק, ולכן לא הועברה הלאה.
call-refused-way = { -open-again }

visit-refused-heading = אי אפשר לפתוח את הקישור הזה כאן
visit-refused-what = האתר הזה לא מאפשר לתוכנה או לרשת הזאת לפתוח את הקישורים שלו.
visit-refused-way = אפשר לנסות דפדפן אחר או רשת אחרת, או לפנות לתמיכה של האתר ולציין את מספר האסמכתה שלמטה.

method-not-allowed-heading = אי אפשר להשתמש כך בדף הזה
method-not-allowed-what = הדפדפן או התוכנה שלך פנו בדרך שהכתובת הזאת לא מכירה.
method-not-allowed-way = { -open-again }

unknown-host-heading = האתר הזה לא נמצא כאן
unknown-host-what = השם שבכתובת לא שייך לאף אתר בשרת הזה.
unknown-host-way = כדאי לבדוק אם נפלה טעות הקלדה בכתובת.

request-timeout-heading = זה ארך יותר מדי זמן
request-timeout-what = הבקשה שלך לא הגיעה במלואה בזמן.
request-timeout-way = יש לבדוק את החיבור, לחזור אחורה ולנסות שוב.

content-too-large-heading = זה יותר מדי בבת אחת
content-too-large-what = מה שנשלח גדול ממה שהכתובת הזאת מקבלת.
content-too-large-way = יש לחזור אחורה ולשלוח פחות.

target-too-long-heading = הכתובת הזאת ארוכה מדי
target-too-long-what = היא ארוכה ממה שהשרת הזה מקבל.
target-too-long-way = אם היא הגיעה במייל, יש לפתוח שם שוב את הקישור.

confirmation-not-sent-heading = { $purpose ->
    [sign-in] אי אפשר להיכנס כרגע
   *[other] השירות לא זמין כרגע
}
confirmation-not-sent-what = השירות לא עונה. לא נעשה שימוש בקישור שלך.
confirmation-not-sent-way = יש להמתין רגע ואז לנסות שוב.

confirmation-unknown-heading = משהו השתבש בדרך
confirmation-unknown-what = השירות הפסיק באמצע, ולכן אי אפשר לדעת אם נעשה שימוש בקישור שלך.
confirmation-unknown-way = { -try-or-new }

confirmation-timeout-heading = { $purpose ->
    [sign-in] הכניסה אורכת יותר מדי זמן
   *[other] זה אורך יותר מדי זמן
}
confirmation-timeout-what = השירות לא ענה בזמן, ולכן אי אפשר לדעת אם נעשה שימוש בקישור שלך.
confirmation-timeout-way = { -try-or-new }

upstream-down-heading = האתר הזה לא זמין כרגע
upstream-down-what = השירות שמאחורי הדף הזה לא עונה.
upstream-down-way = { -reload }

upstream-broken-heading = משהו השתבש בדרך
upstream-broken-what = השירות שמאחורי הדף הזה הפסיק את התשובה באמצע.
upstream-broken-way = { -reload }

upstream-slow-heading = זה אורך יותר מדי זמן
upstream-slow-what = השירות שמאחורי הדף הזה לא ענה בזמן.
upstream-slow-way = { -reload }

busy-heading = יש עומס רב כרגע
busy-what = יש כאן בבת אחת יותר אנשים מהרגיל.
busy-way = { -reload }

internal-heading = משהו השתבש כאן
internal-what = הטעות שלנו, לא שלך.
internal-way = { -reload } אם זה נמשך, יש לציין בפני התמיכה של האתר את מספר האסמכתה שלמטה.
