/** Letters for large Maildirs: written once, and linked into each, because 100,000 small files take a while. */
import { linkSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export class LetterBox {
  readonly #folder: string
  readonly #names: string[] = []

  constructor(folder: string) {
    this.#folder = folder
    mkdirSync(folder)
  }

  grow(size: number): void {
    for (let i = this.#names.length; i < size; i++) {
      const text = letter(i)
      const lines = text.split('\n').length - 1
      const name = `${1_700_000_000 + i}.M${i}P7.sender,S=${text.length},W=${text.length + lines}`
      writeFileSync(join(this.#folder, name), text, { mode: 0o600 })
      this.#names.push(name)
    }
  }

  /** A Maildir whose letters have been read. */
  put(maildir: string, size: number): void {
    for (const part of ['', 'cur', 'new', 'tmp']) {
      mkdirSync(join(maildir, part), { recursive: true, mode: 0o700 })
    }
    for (const name of this.#names.slice(0, size))
      linkSync(join(this.#folder, name), join(maildir, 'cur', `${name}:2,S`))
  }
}

const letter = (i: number) => `Return-Path: <sender${i % 50}@example.net>
Received: from out.example.net (out.example.net [192.0.2.7])
	by mail.example.com (Postfix) with ESMTPS id 4ABC${i.toString(16)}
	for <bob@example.com>; Tue, 14 Nov 2023 22:13:20 +0000 (UTC)
From: Sender ${i % 50} <sender${i % 50}@example.net>
To: Bob <bob@example.com>
Subject: letter ${i}
Date: Tue, 14 Nov 2023 22:13:20 +0000
Message-ID: <${i}@example.net>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

${'A line of the letter that is as long as lines are.\n'.repeat(10)}`
