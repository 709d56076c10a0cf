/**
 * What mailboxes are called in the languages that mail programs and servers make them in, by role, the likeliest first;
 * in lower case, separated by '|'.
 */
const NAMES = {
  drafts: `
    drafts | draft | entwürfe | brouillons | borradores | bozze | rascunhos | concepten | utkast |
    kladder | luonnokset | szkice | kopie robocze | wersje robocze | koncepty | rozepsané | piszkozatok |
    ciorne | schițe | черновики | чернетки | taslaklar | πρόχειρα | esborranys | osnutki | skice |
    чернови | טיוטות | المسودات | 下書き | 草稿 | 草稿箱 | 草稿匣 | 임시 보관함 | 임시보관함 | thư nháp
  `,
  sent: `
    sent | sent items | sent messages | sent mail | sent-mail | gesendet | gesendete elemente |
    gesendete objekte | gesendete nachrichten | envoyés | éléments envoyés |
    messages envoyés | courrier envoyé | enviados | elementos enviados | mensajes enviados |
    correo enviado | inviata | posta inviata | inviati | messaggi inviati | itens enviados |
    e-mails enviados | mensagens enviadas | verzonden | verzonden items | verzonden berichten | skickat |
    skickade objekt | skickade meddelanden | sendt | sendt post | sendte elementer | sendte e-mails |
    lähetetyt | lähetetyt viestit | wysłane | elementy wysłane | odeslané | odeslaná pošta | odoslané |
    elküldött | elküldött elemek | trimise | elemente trimise | отправленные | надіслані | відправлені |
    gönderilmiş öğeler | gönderilenler | gönderilmiş postalar | απεσταλμένα | enviats | poslano |
    изпратени | נשלחו | פריטים שנשלחו | المرسلة | 送信済み | 送信済みアイテム | 送信済みメール | 已发送 | 已发送邮件 | 已傳送 | 寄件備份 |
    보낸 편지함 | 보낸편지함 | thư đã gửi
  `,
  trash: `
    trash | deleted items | deleted messages | deleted | bin | papierkorb | gelöschte elemente |
    gelöschte objekte | gelöscht | corbeille | éléments supprimés | messages supprimés | papelera |
    elementos eliminados | cestino | posta eliminata | elementi eliminati | lixo | lixeira |
    itens excluídos | itens eliminados | prullenbak | verwijderde items | papperskorgen | papperskorg |
    borttagna objekt | borttaget | papirkurv | papirkurven | slettet post | slettede elementer |
    søppelkasse | roskakori | poistetut | kosz | elementy usunięte | koš | odstraněná pošta | kôš |
    lomtár | törölt elemek | coș de gunoi | gunoi | elemente șterse | корзина | удаленные | удалённые |
    кошик | видалені | çöp kutusu | çöp | silinmiş öğeler | κάδος απορριμμάτων | κάδος | διαγραμμένα |
    paperera | smeti | кошче | אשפה | المهملات | ごみ箱 | ゴミ箱 | 削除済みアイテム | 已删除 | 已删除邮件 | 垃圾桶 | 已刪除 | 刪除的郵件 |
    휴지통 | 지운 편지함 | thùng rác
  `,
  junk: `
    junk | spam | junk e-mail | junk email | junk mail | bulk mail |
    unerwünscht | pourriel | indésirables | courrier indésirable | correo no deseado | no deseado |
    posta indesiderata | indesiderata | lixo eletrônico | lixo eletrónico |
    correio eletrónico não solicitado | ongewenste e-mail | ongewenst | skräppost | uønsket e-post |
    uønsket e-mail | uønsket mail | søppelpost | roskaposti | wiadomości-śmieci | nevyžádaná pošta |
    nevyžádané | nevyžiadaná pošta | levélszemét | mesaje nedorite | спам | нежелательная почта |
    небажана пошта | gereksiz | gereksiz e-posta | istenmeyen e-posta | ανεπιθύμητα |
    ανεπιθύμητη αλληλογραφία | correu brossa | neželena pošta | דואר זבל | البريد العشوائي | 迷惑メール |
    垃圾邮件 | 垃圾郵件 | 스팸 | 스팸 편지함 | 스팸메일함 | 정크 메일 | thư rác
  `,
  archive: `
    archive | archives | archiv | archivo | archivio | arquivo | arquivo morto | archief | arkiv |
    arkisto | archiwum | archív | archívum | arhivă | архив | архів | arşiv | αρχειοθήκη |
    arxiu | arhiv | ארכיון | الأرشيف | アーカイブ | 存档 | 归档 | 封存 | 보관함 | lưu trữ
  `,
};

/** Well-known names and the role that each stands for; of two names of a role, the first is the likelier one. */
export const roleNames: [name: string, role: string][] = Object.entries(NAMES).flatMap(([role, names]) =>
  names.split('|').map((name): [string, string] => [name.trim(), role]),
);
