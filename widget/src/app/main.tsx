/** The app in the frame: `/widget/frame?inbox=…`. */
import { render } from 'preact'
import './styles/app.css'
import { App } from './app.tsx'
import { createChat } from './chat.ts'
import { findHost } from './host.ts'

const inbox = new URLSearchParams(location.search).get('inbox') ?? ''
const root = document.getElementById('root')

const host = await findHost(inbox)
const chat = createChat(inbox, host)
if (root) render(<App chat={chat} />, root)
host.tell({ type: 'ready' })
await chat.start()
