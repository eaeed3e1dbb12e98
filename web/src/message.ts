/** One sentence in both languages of the house: Chinese first, English complete. */
export interface Message {
  zh: string
  en: string
}

export const m = (zh: string, en: string): Message => ({ zh, en })
