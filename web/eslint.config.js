import svelte from 'eslint-plugin-svelte'
import ts from 'typescript-eslint'

export default ts.config(
  { ignores: ['dist/', 'node_modules/'] },
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      // Pages are plain documents here, not routes of SvelteKit.
      'svelte/no-navigation-without-resolve': 'off',
    },
  },
  {
    // TypeScript itself knows which globals exist.
    files: ['**/*.ts', '**/*.svelte'],
    languageOptions: { parserOptions: { parser: ts.parser } },
    rules: { 'no-undef': 'off' },
  },
  {
    // Only the adapter sees the map object.
    files: ['src/**/*.ts', 'src/**/*.svelte'],
    ignores: ['src/map/**', 'src/style/**'],
    rules: { 'no-restricted-imports': ['error', { patterns: ['maplibre-gl', 'maplibre-gl/*'] }] },
  },
)
