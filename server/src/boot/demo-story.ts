/** The demo's story: a shop for lamps on an ordinary day. Times are minutes before now. */

export interface DemoPerson {
  readonly name: string
  readonly email: string
  readonly role: 'owner' | 'agent'
}

export interface DemoLine {
  /** Minutes before now. */
  readonly ago: number
  /** `customer`, or the first name of whoever of the team speaks. */
  readonly by: string
  readonly text: string
  readonly note?: true
}

export interface DemoTalk {
  readonly customer: {
    readonly name: string
    readonly email?: string
    readonly phone?: string
    readonly city?: string
    readonly country?: string
  }
  readonly channel: 'web_chat' | 'api'
  readonly subject?: string
  readonly assignee?: string
  readonly tags?: readonly string[]
  readonly priority?: 'high' | 'urgent' | 'low'
  /** What it ends as, and how many minutes ago. */
  readonly ends?: { readonly status: 'resolved' | 'pending'; readonly ago: number }
  /** Whether the last words of the customer wait unread. */
  readonly unread?: true
  readonly lines: readonly DemoLine[]
}

export const workspace = { name: 'Lumen & Loom', country: 'GB', time_zone: 'Europe/London', locale: 'en' } as const

export const people: readonly DemoPerson[] = [
  { name: 'Mia Hartmann', email: 'mia@lumen.example', role: 'owner' },
  { name: 'Tomás Oliveira', email: 'tomas@lumen.example', role: 'agent' },
  { name: 'Aiko Tan', email: 'aiko@lumen.example', role: 'agent' },
]

export const tags = [
  { name: 'delivery', color: '#b45309' },
  { name: 'refund', color: '#b91c1c' },
  { name: 'pre-sales', color: '#0f766e' },
  { name: 'warranty', color: '#6d28d9' },
] as const

export const talks: readonly DemoTalk[] = [
  {
    customer: { name: 'Noor Haddad', email: 'noor.haddad@mail.example', city: 'Leeds', country: 'GB' },
    channel: 'web_chat',
    unread: true,
    tags: ['delivery'],
    lines: [
      { ago: 9, by: 'customer', text: 'Hi! My parcel says delivered, but there is nothing at the door.' },
      { ago: 8, by: 'customer', text: 'Order LL-20418, the brass reading lamp.' },
    ],
  },
  {
    customer: { name: 'Emeka Obi', email: 'emeka@obi.example', city: 'Lagos', country: 'NG' },
    channel: 'web_chat',
    assignee: 'Mia',
    tags: ['pre-sales'],
    unread: true,
    lines: [
      { ago: 52, by: 'customer', text: 'Does the Halo pendant come with a 2 m cable? Our ceiling is rather high.' },
      {
        ago: 47,
        by: 'Mia',
        text: 'Good morning! It comes with 1.5 m, and we can fit up to 4 m before it ships, at no charge. How much would you need?',
      },
      { ago: 12, by: 'customer', text: 'Three metres would be perfect. Can I order two like that?' },
    ],
  },
  {
    customer: { name: 'Sofia Lindqvist', email: 'sofia.l@post.example', city: 'Malmö', country: 'SE' },
    channel: 'web_chat',
    assignee: 'Mia',
    tags: ['warranty'],
    priority: 'high',
    lines: [
      { ago: 190, by: 'customer', text: 'The dimmer on my Arc floor lamp hums when it is below half. Is that normal?' },
      {
        ago: 183,
        by: 'Mia',
        text: 'It should not hum. Which bulb do you use? Some LEDs and our dimmer do not get along.',
      },
      { ago: 171, by: 'customer', text: 'An old halogen, 60 W. It hums with the one that came with it, too.' },
      {
        ago: 168,
        by: 'Mia',
        text: 'Same batch as the two from last week? I would swap the dimmer without asking for the lamp back.',
        note: true,
      },
      { ago: 164, by: 'Aiko', text: 'Yes, batch 7. Supplier confirmed. Swap it.', note: true },
      {
        ago: 160,
        by: 'Mia',
        text: 'Then it is the dimmer, and that is on us. A new one goes out today; it clips in without tools. Keep the lamp.',
      },
      { ago: 151, by: 'customer', text: 'That is wonderful, thank you so much!' },
      { ago: 149, by: 'Mia', text: 'You are welcome. I will leave this open until it has arrived.' },
    ],
  },
  {
    customer: { name: 'James Whitfield', email: 'j.whitfield@work.example', phone: '+44 20 7946 0991' },
    channel: 'api',
    subject: 'Invoice for our office order',
    assignee: 'Tomás',
    lines: [
      {
        ago: 340,
        by: 'customer',
        text: 'Could you put our VAT number GB 999 9999 73 on the invoice for LL-20377? Accounting is asking.',
      },
      { ago: 322, by: 'Tomás', text: 'Done. The corrected invoice is in your account, and in your mail in a minute.' },
      {
        ago: 31,
        by: 'customer',
        text: 'Received, thanks. One more thing: could we get 30 days to pay on the next one?',
      },
    ],
    unread: true,
  },
  {
    customer: { name: 'ليلى منصور', email: 'layla@mansour.example', city: 'دبي', country: 'AE' },
    channel: 'web_chat',
    unread: true,
    lines: [{ ago: 3, by: 'customer', text: 'مرحبا، هل تشحنون إلى دبي؟ وكم يستغرق التوصيل؟' }],
  },
  {
    customer: { name: 'Priya Raman', email: 'priya.raman@studio.example', city: 'Bengaluru', country: 'IN' },
    channel: 'api',
    subject: 'Trade account',
    assignee: 'Aiko',
    tags: ['pre-sales'],
    ends: { status: 'pending', ago: 600 },
    lines: [
      {
        ago: 1500,
        by: 'customer',
        text: 'We are an interior studio and would like a trade account. What do you need from us?',
      },
      {
        ago: 1470,
        by: 'Aiko',
        text: 'Lovely to hear from you. Your registration and two recent projects are enough; send them here whenever it suits you.',
      },
      { ago: 640, by: 'Aiko', text: 'No hurry at all; just making sure this did not get lost on our side.' },
    ],
  },
  {
    customer: { name: 'Kenji Mori', email: 'kenji@mori.example', city: 'Osaka', country: 'JP' },
    channel: 'web_chat',
    assignee: 'Tomás',
    tags: ['delivery'],
    ends: { status: 'resolved', ago: 1400 },
    lines: [
      { ago: 1490, by: 'customer', text: 'Can I change the address? It has not shipped yet, I think.' },
      { ago: 1484, by: 'Tomás', text: 'You are in time. What is the new one?' },
      { ago: 1480, by: 'customer', text: '2-4-9 Umeda, Kita-ku, Osaka 530-0001' },
      { ago: 1478, by: 'Tomás', text: 'Changed. It leaves us tomorrow morning.' },
      { ago: 1411, by: 'customer', text: '👍 Perfect' },
    ],
  },
  {
    customer: { name: 'Chloé Bernard', email: 'chloe.bernard@courriel.example', city: 'Lyon', country: 'FR' },
    channel: 'web_chat',
    assignee: 'Mia',
    tags: ['refund'],
    ends: { status: 'resolved', ago: 2600 },
    lines: [
      {
        ago: 2900,
        by: 'customer',
        text: 'The shade arrived with a dent. I would rather have my money back than a new one.',
      },
      {
        ago: 2880,
        by: 'Mia',
        text: 'I am sorry about that. The refund is on its way and should be with you in three days. No need to send it back.',
      },
      { ago: 2650, by: 'customer', text: 'Thank you for making it so easy.' },
    ],
  },
  {
    customer: {
      name: 'Aleksandra Wiśniewska-Konstantinopolska',
      email: 'aleksandra.wisniewska-konstantinopolska@poczta.example',
    },
    channel: 'web_chat',
    priority: 'low',
    lines: [
      {
        ago: 75,
        by: 'customer',
        text: 'Just wanted to say that the wall lamp is even prettier than in the pictures. The light in the evening is so warm that we have stopped using the ceiling light altogether!',
      },
    ],
    unread: true,
  },
]
