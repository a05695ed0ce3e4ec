/** What a bot is asked and may answer, and what was said to it. */
import { type Static, Type } from 'typebox'
import { defineLookup } from '../../kernel/lookups.ts'
import { Body, Id, Nullable, OneOf, Text } from '../../kernel/schema.ts'
import { Contact } from '../contacts/schema.ts'
import { Conversation } from '../conversations/schema.ts'
import { CHATBOT_REPLY, Inbox } from '../inboxes/schema.ts'
import { BODY_LENGTH, Message } from '../messages/schema.ts'

/** A message that waits for the bot's answer. */
export interface Turn {
  readonly workspace_id: string
  readonly conversation_id: string
  readonly position: number
  readonly id: string
  readonly inbox_id: string
  readonly message_id: string
  /** How often somebody began to answer it. */
  readonly attempts: number
}

const Question = Type.Object({
  message: Message,
  conversation: Conversation,
  contact: Contact,
  inbox: Type.Pick(Inbox, ['id', 'object', 'name', 'channel']),
  history: Type.Array(Message, {
    description: 'What was last said between the customer and us, oldest first, `message` included.',
  }),
})
export type Question = Static<typeof Question>

const QuickReply = Body({
  title: Text(80, { description: 'What the button says.' }),
  value: Type.Optional(Text(255, { description: 'What it means to the bot; the title when left out.' })),
})

const Said = Body({
  body: Text(BODY_LENGTH),
  html: Type.Optional(Nullable(Text(100_000))),
  quick_replies: Type.Optional(
    Type.Array(QuickReply, { maxItems: 10, description: 'Kept in `metadata.quick_replies` of the message.' }),
  ),
})

const Reply = Body({
  action: OneOf(
    ['reply', 'hand_over', 'end'],
    '`reply` says something; `hand_over` gives the conversation to the team, and the bot is silent until it is resolved; `end` resolves it. All three may say something first.',
  ),
  messages: Type.Optional(Type.Array(Said, { maxItems: 5, description: 'What is said, in this order.' })),
  name: Type.Optional(Text(100, { description: 'Who says it; `Bot` when left out.' })),
  assignee_id: Type.Optional(Type.Unsafe<string>({ ...Id, description: 'With `hand_over`: to whom.' })),
  team_id: Type.Optional(Type.Unsafe<string>({ ...Id, description: 'With `hand_over`: to which team.' })),
  reason: Type.Optional(Text(500, { description: 'With `hand_over`: what the team should know.' })),
})
export type Reply = Static<typeof Reply>

export const chatbotReply = defineLookup(CHATBOT_REPLY, {
  summary: 'A customer wrote in an inbox with a bot, and nobody of the team has taken the conversation up.',
  request: Question,
  scopes: ['contacts:read', 'conversations:read', 'messages:read'],
  answer: Reply,
  fallback: {
    answer: { action: 'hand_over' },
    says: 'The conversation goes to the team, with an activity that says why the bot did not answer.',
  },
})
