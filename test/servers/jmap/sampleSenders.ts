/** Senders of bulk mail, with a mailing list's headers. */
export const newsletters = [
  {
    name: 'The Slow Timetable',
    email: 'hello@slowtimetable.example',
    subjects: ['By rail to {city}', 'Issue {number}: {topic}'],
  },
  {
    name: 'Harbour Weekly',
    email: 'weekly@harbourweekly.example',
    subjects: ['This week: {topic}', 'The {weekday} edition'],
  },
  {
    name: 'Letters about Type',
    email: 'post@aboutletters.example',
    subjects: ['#{number} – {topic}', 'A serif from {city}'],
  },
  { name: 'City Library', email: 'news@citylibrary.example', subjects: ['New in {month}', 'Reading {book} together'] },
  {
    name: 'Kestrel Coffee',
    email: 'beans@kestrelcoffee.example',
    subjects: ['Fresh from the roaster', '15% off until {weekday}'],
  },
  {
    name: 'Open Source Notes',
    email: 'digest@osnotes.example',
    subjects: ['Digest {number}', 'What we learned about {topic}'],
  },
  {
    name: 'Museum of Tides',
    email: 'visit@museumoftides.example',
    subjects: ['Late opening on {weekday}', 'New exhibition: {topic}'],
  },
];

/** What machines send: one mail each, with the keyword that the person files it by. */
export const notices = [
  {
    name: 'Papier & Co',
    email: 'orders@papierco.example',
    subject: 'Your order {order}',
    keyword: 'receipts',
    pdf: true,
  },
  {
    name: 'Greengrocer Online',
    email: 'no-reply@greengrocer.example',
    subject: 'Receipt for {amount}',
    keyword: 'receipts',
    pdf: false,
  },
  {
    name: 'Parcel Post',
    email: 'tracking@parcelpost.example',
    subject: 'Parcel {order} arrives on {weekday}',
    keyword: '',
    pdf: false,
  },
  {
    name: 'Rail Europe Tickets',
    email: 'booking@railtickets.example',
    subject: 'Your journey to {city}',
    keyword: 'travel',
    pdf: true,
  },
  {
    name: 'Hotel Miramar',
    email: 'stay@hotelmiramar.example',
    subject: 'Booking confirmed: {city}, 2 nights',
    keyword: 'travel',
    pdf: false,
  },
  {
    name: 'Volksbank',
    email: 'service@volksbank.example',
    subject: 'Your statement for {month} is ready',
    keyword: '',
    pdf: false,
  },
  {
    name: 'Stadtwerke',
    email: 'kunden@stadtwerke.example',
    subject: 'Electricity: {amount} due on {weekday}',
    keyword: 'receipts',
    pdf: true,
  },
  {
    name: 'Forge',
    email: 'notifications@forge.example',
    subject: '[tern/tern] {bug} (#{number})',
    keyword: 'tern',
    pdf: false,
  },
  {
    name: 'Calendar',
    email: 'calendar@northwind.example',
    subject: 'Invitation: {part} sync, {weekday} {time}',
    keyword: '',
    pdf: false,
  },
];

/** Subjects of unwanted mail. */
export const junkSubjects = [
  'Re: your unpaid parcel fee {amount}',
  'FINAL NOTICE: mailbox almost full',
  'You have been selected {number} times',
  'Lose weight before {month}',
  'Crypto signals that work – last chance {weekday}',
];
