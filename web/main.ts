import './styles/fonts.css'
import './styles/tokens.css'
import './styles/base.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { loadWords } from './i18n/index.ts'
import { Page } from './model/page.svelte.ts'
import { Preferences } from './model/preferences.svelte.ts'

const target = document.getElementById('page')
const preferences = new Preferences()
const page = new Page(preferences, await loadWords(preferences.language))
if (target) mount(App, { target, props: { page } })
