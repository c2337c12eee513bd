/** What the phone itself says, in the language its owner has chosen. The clinic's words come from the clinic. */

const STRINGS = {
  en: {
    write: "Message", send: "Send", location: "Share a location", typing: "typing…", online: "online", close: "Close",
    choose: "Choose one", you: "You", clinic: "Clinic", today: "Today", yesterday: "Yesterday", newest: "Newest message",
    sent: "sent", delivered: "delivered", read: "read", map: "Open the map", latitude: "Latitude", longitude: "Longitude",
    place: "Place (optional)", shareHere: "Share this location", askLocation: "Send location", shareNumber: "Share my number", messages: "Messages",
    sayHello: "Say hello", or: ", or:", hello: "Hello", example: "I need a dermatologist next Tuesday", options: "Options",
    reaction: "Reaction", notSent: "Not sent:", image: "Picture",
  },
  de: {
    write: "Nachricht", send: "Senden", location: "Standort teilen", typing: "schreibt …", online: "online", close: "Schließen",
    choose: "Bitte wählen", you: "Sie", clinic: "Praxis", today: "Heute", yesterday: "Gestern", newest: "Neueste Nachricht",
    sent: "gesendet", delivered: "zugestellt", read: "gelesen", map: "Karte öffnen", latitude: "Breite", longitude: "Länge",
    place: "Ort (freiwillig)", shareHere: "Diesen Standort teilen", askLocation: "Standort senden", shareNumber: "Meine Nummer teilen", messages: "Nachrichten",
    sayHello: "Sagen Sie Hallo", or: ", oder:", hello: "Hallo", example: "Ich brauche nächsten Dienstag einen Hautarzt",
    options: "Auswahl", reaction: "Reaktion", notSent: "Nicht gesendet:", image: "Bild",
  },
  ar: {
    write: "رسالة", send: "إرسال", location: "مشاركة الموقع", typing: "يكتب…", online: "متصل", close: "إغلاق",
    choose: "اختر واحدًا", you: "أنت", clinic: "العيادة", today: "اليوم", yesterday: "أمس", newest: "أحدث رسالة",
    sent: "أُرسلت", delivered: "وصلت", read: "قُرئت", map: "فتح الخريطة", latitude: "خط العرض", longitude: "خط الطول",
    place: "المكان (اختياري)", shareHere: "مشاركة هذا الموقع", askLocation: "إرسال الموقع", shareNumber: "مشاركة رقمي", messages: "الرسائل",
    sayHello: "قل مرحبًا", or: "، أو:", hello: "مرحبًا", example: "أحتاج إلى طبيب جلدية يوم الثلاثاء القادم",
    options: "الخيارات", reaction: "تفاعل", notSent: "لم تُرسل:", image: "صورة",
  },
  pt: {
    write: "Mensagem", send: "Enviar", location: "Compartilhar local", typing: "digitando…", online: "online", close: "Fechar",
    choose: "Escolha uma opção", you: "Você", clinic: "Clínica", today: "Hoje", yesterday: "Ontem", newest: "Mensagem mais recente",
    sent: "enviada", delivered: "entregue", read: "lida", map: "Abrir o mapa", latitude: "Latitude", longitude: "Longitude",
    place: "Lugar (opcional)", shareHere: "Compartilhar este local", askLocation: "Enviar local", shareNumber: "Compartilhar meu número", messages: "Mensagens",
    sayHello: "Diga olá", or: ", ou:", hello: "Olá", example: "Preciso de um dermatologista na próxima terça-feira",
    options: "Opções", reaction: "Reação", notSent: "Não enviada:", image: "Imagem",
  },
  ru: {
    write: "Сообщение", send: "Отправить", location: "Поделиться местом", typing: "печатает…", online: "в сети", close: "Закрыть",
    choose: "Выберите вариант", you: "Вы", clinic: "Клиника", today: "Сегодня", yesterday: "Вчера", newest: "Последнее сообщение",
    sent: "отправлено", delivered: "доставлено", read: "прочитано", map: "Открыть карту", latitude: "Широта", longitude: "Долгота",
    place: "Место (необязательно)", shareHere: "Отправить это место", askLocation: "Отправить место", shareNumber: "Поделиться номером", messages: "Сообщения",
    sayHello: "Поздоровайтесь", or: " или напишите:", hello: "Здравствуйте", example: "Мне нужен дерматолог в следующий вторник",
    options: "Варианты", reaction: "Реакция", notSent: "Не отправлено:", image: "Картинка",
  },
  he: {
    write: "הודעה", send: "שליחה", location: "שיתוף מיקום", typing: "מקליד/ה…", online: "מחובר/ת", close: "סגירה",
    choose: "נא לבחור", you: "את/ה", clinic: "המרפאה", today: "היום", yesterday: "אתמול", newest: "ההודעה האחרונה",
    sent: "נשלחה", delivered: "נמסרה", read: "נקראה", map: "פתיחת המפה", latitude: "קו רוחב", longitude: "קו אורך",
    place: "מקום (לא חובה)", shareHere: "שיתוף המיקום הזה", askLocation: "שליחת מיקום", shareNumber: "שיתוף המספר שלי", messages: "הודעות",
    sayHello: "אפשר לומר שלום", or: ", או:", hello: "שלום", example: "אני צריך רופא עור ביום שלישי הבא",
    options: "אפשרויות", reaction: "תגובה", notSent: "לא נשלחה:", image: "תמונה",
  },
};

export const strings = (language) => STRINGS[language.split("-")[0]] || STRINGS.en;

/** Where a phone of that country stands when it shares its location for the first time. */
const PLACES = [
  ["20", 30.0444, 31.2357], ["49", 52.52, 13.405], ["55", -23.5505, -46.6333], ["351", 38.7223, -9.1393],
  ["972", 32.0853, 34.7818], ["7", 55.7558, 37.6173], ["44", 51.5072, -0.1276], ["966", 24.7136, 46.6753],
];
export function homePlace(waId) {
  const [, latitude, longitude] = PLACES.find(([prefix]) => waId.startsWith(prefix)) || ["", 52.52, 13.405];
  return { latitude, longitude };
}
