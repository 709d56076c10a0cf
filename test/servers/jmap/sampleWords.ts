import type { Address } from '../../../src-shared/model.ts';

/** People who write to the sample account. All addresses are in domains that can't exist (RFC 2606). */
export const people: Record<'home' | 'work' | 'practice' | 'school' | 'house', readonly Address[]> = {
  home: [
    { name: 'Nora Lindqvist', email: 'nora@lindqvist.example' },
    { name: 'Mum', email: 'claire.martin@family.example' },
    { name: 'Ben Martin', email: 'ben@family.example' },
    { name: 'Yuki Tanaka (田中由紀)', email: 'yuki@tanaka.example' },
    { name: 'Élodie Garnier', email: 'elodie.garnier@ateliergarnier.example' },
    { name: 'Kateřina Nováková', email: 'katerina@novakova.example' },
    { name: 'Rafael Costa', email: 'rafa@costa.example' },
    { name: 'Leila Haddad', email: 'leila@haddad.example' },
  ],
  work: [
    { name: 'Tomás Herrera', email: 'tomas.herrera@northwind.example' },
    { name: 'Priya Raman', email: 'priya.raman@northwind.example' },
    { name: 'Jonas Weber', email: 'jonas.weber@weber-architekten.example' },
    { name: 'Samuel Okafor', email: 's.okafor@openharbour.example' },
    { name: 'Marcus Bell', email: 'marcus@bellandco.example' },
    { name: 'Hannah Fischer', email: 'hannah.fischer@northwind.example' },
    { name: 'Olu Adeyemi', email: 'olu@openharbour.example' },
    { name: 'David Cho', email: 'david.cho@northwind.example' },
    { name: 'Ingrid Solberg', email: 'ingrid.solberg@fjordpress.example' },
    { name: 'Wei Zhang', email: 'wei.zhang@openharbour.example' },
  ],
  practice: [{ name: 'Amelia Hart', email: 'practice@hartdental.example' }],
  school: [{ name: 'Grace O’Connell', email: 'grace.oconnell@stbrigids.example' }],
  house: [{ name: null, email: 'caretaker@lindenstrasse12.example' }],
};

/** What the placeholders of the templates stand for. */
export const slots: Record<string, readonly string[]> = {
  city: ['Lisbon', 'Ghent', 'Kraków', 'Aarhus', 'Turin', 'Bergen', 'Porto', 'Leipzig', 'Galway', 'Malmö'],
  weekday: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
  month: ['January', 'March', 'April', 'May', 'June', 'September', 'October', 'November'],
  time: ['9:30', '10:00', '11:15', '14:00', '15:30', '16:45', '18:00', '19:30'],
  client: ['Halden', 'Brightwater', 'Museum of Tides', 'Kestrel Coffee', 'Ostrava Opera', 'Lakeside School'],
  doc: ['the proposal', 'the budget', 'the floor plan', 'the draft contract', 'the slides', 'the minutes'],
  book: ['Middlemarch', 'The Summer Book', 'Piranesi', 'Stoner', 'The Dispossessed', 'Austerlitz'],
  dish: ['the lentil soup', 'that rhubarb cake', 'the ramen', 'Grandma’s dumplings', 'the lemon tart'],
  part: ['thread view', 'search index', 'IMAP driver', 'JMAP driver', 'settings page', 'keyboard shortcuts', 'outbox'],
  bug: [
    'flicker on resize',
    'wrong unread count',
    'lost draft after sleep',
    'crash on empty folder',
    'slow first sync',
  ],
  thing: ['the bookshelf', 'a garden table', 'two concert tickets', 'the old camera', 'a child’s bike', 'the piano'],
  number: ['12', '27', '48', '103', '219', '340', '512', '777', '1204', '2381'],
  order: ['40-118823', '40-120417', '41-000932', '41-557120', '42-310098', '43-771402', '44-019283'],
  amount: ['€12.90', '€24.00', '€37.45', '€58.20', '€64.99', '€119.00', '€240.50', '€8.75'],
  topic: ['night trains', 'sourdough', 'type design', 'tide pools', 'public libraries', 'city bees', 'old maps'],
};

/** Mail between people: subjects, how a thread begins, and how it goes on. */
export type Conversation = {
  circle: keyof typeof people;
  subjects: readonly string[];
  openers: readonly string[];
  replies: readonly string[];
  mailbox?: string;
  keyword?: string;
  file?: { name: string; type: string };
};

/** What people write about. */
export const conversations: readonly Conversation[] = [
  {
    circle: 'home',
    subjects: ['Lunch on {weekday}?', 'Coffee next week?', 'In {city} on {weekday}', 'Dinner at ours'],
    openers: [
      'Are you free on {weekday} around {time}? There is a new place by the canal that I want to try.',
      'We are thinking of cooking {dish} on {weekday}. Come by after {time} if you like, no need to bring anything.',
    ],
    replies: [
      'That works for me. See you there!',
      'I can only do {weekday}, would {time} be too late?',
      'Perfect. I will book a table for four, just in case.',
      'Sorry, I have to cancel: the little one has a fever. Next week?',
    ],
  },
  {
    circle: 'work',
    subjects: ['{client}: comments on {doc}', '{client} – next steps', 'Notes from the {client} meeting'],
    openers: [
      'Attached is {doc} for {client}. Could you look at pages 3 to 5 before {weekday}? They asked about the dates again.',
      'Short summary of today: {client} likes the direction, wants a second option for the entrance, and needs {doc} by {weekday}.',
    ],
    replies: [
      'Looks good overall. I left a few comments on the second page, mostly wording.',
      'Can we move the deadline to {weekday}? I am still waiting for numbers from accounting.',
      'Done. I sent the new version to everybody, please use that one.',
      'They confirmed. {amount} per unit, delivery in {month}.',
    ],
    keyword: 'client',
    file: { name: 'Proposal v3.pdf', type: 'application/pdf' },
  },
  {
    circle: 'work',
    subjects: ['Tern: {bug} in the {part}', 'Tern {part}: review?', 'Plan for the {part}', 'Re-think the {part}?'],
    openers: [
      'I can reproduce the {bug} every time now: open the {part}, put the laptop to sleep, wake it. Log below.\n\n  12:04:11 sync started\n  12:04:11 waiting for network\n  12:04:41 gave up',
      'Here is a first cut of the {part}. It is about {number} lines; the interesting bit is how it deals with a lost connection.',
    ],
    replies: [
      'Nice find. I think the timer is never cleared. Fix is on my branch, tests included.',
      'Two questions: what happens with {number} messages in one thread, and do we still need the old path?',
      'Merged, thank you! This also closes #{number}.',
      'I would rather keep it boring: one table, one index, no cache.',
    ],
    mailbox: 'Projects/Tern',
    keyword: 'tern',
  },
  {
    circle: 'home',
    subjects: ['Photos from {city}', 'Pictures!', 'Our week in {city}'],
    openers: [
      'Finally sorted the photos from {city}. The one with the dog on the ferry is my favourite. More when we meet!',
    ],
    replies: ['These are lovely, thank you!', 'Can I use the third one for the calendar?', 'Ha, look at my hair.'],
    keyword: 'family',
    file: { name: 'IMG_2041.jpg', type: 'image/jpeg' },
  },
  {
    circle: 'home',
    subjects: ['Book club: {book}', '{book} – when do we meet?'],
    openers: ['I am halfway through {book} and have opinions. Shall we meet on {weekday} at {time}, my place?'],
    replies: [
      'I need another week, sorry. It is slower than I thought.',
      'Yes! I will bring {dish}.',
      'Loved it until the last chapter. Let us argue in person.',
    ],
  },
  {
    circle: 'home',
    subjects: ['Selling {thing}', 'Is {thing} still available?', 'Question about {thing}'],
    openers: [
      'Hello, I saw your notice about {thing}. Is it still available? I could pick it up on {weekday} after {time}.',
    ],
    replies: [
      'Still here! {amount} and it is yours.',
      'Great, see you on {weekday}.',
      'Sorry, it is gone since this morning.',
    ],
  },
  {
    circle: 'house',
    subjects: ['No water on {weekday} from {time}', 'Water off on {weekday}', 'Repairs on {weekday}'],
    openers: [
      'Dear neighbours, on {weekday} from {time} the water will be off for about two hours while the pipes are repaired.',
    ],
    replies: ['Thank you for the notice.', 'Could it be a bit later? I work from home that day.'],
  },
  {
    circle: 'school',
    subjects: ['School trip to {city}', 'Class outing on {weekday}'],
    openers: [
      'Dear parents, we leave on {weekday} at {time}. Please give the children a packed lunch, a rain jacket and {amount} for the tickets.',
    ],
    replies: [
      'We will be there.',
      'I can help with the driving, I have three seats.',
      'Is there a list of who is coming?',
    ],
    file: { name: 'Consent form.pdf', type: 'application/pdf' },
  },
  {
    circle: 'practice',
    subjects: ['Your appointment on {weekday} at {time}', 'Check-up in {month}'],
    openers: ['This is to confirm your appointment on {weekday} at {time}. Please call us if you cannot come.'],
    replies: ['Thank you, I will be there.', 'Could we move it to {weekday}?'],
  },
  {
    circle: 'work',
    subjects: ['Invoice {order}', 'Invoice for {month}', 'Timesheet {month}'],
    openers: ['Please find attached the invoice for {month}, {amount} in total. Payable within 14 days. Thank you!'],
    replies: [
      'Received, thanks. I will pay it on {weekday}.',
      'The VAT number seems to be missing, could you send it again?',
    ],
    keyword: 'invoices',
    file: { name: 'Invoice.pdf', type: 'application/pdf' },
  },
  {
    circle: 'home',
    subjects: ['Hiking on {weekday}', 'Out of town on {weekday}?', 'The hills above {city}'],
    openers: ['Weather looks fine for {weekday}. Train leaves at {time} from platform 4. Who is in?'],
    replies: [
      'Me!',
      'Me too, plus one.',
      'Not this time, my knee is still bad.',
      'Which way back? I must be home by {time}.',
    ],
  },
];
