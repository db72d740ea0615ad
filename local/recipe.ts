/** A shell recipe that uploads README.md through a presigned PUT, with curl and Node alone. */
export const uploadRecipe = (apiUrl: string): string => `
    TOKEN=$(node -p "require('./.local/dev.json').users[0].accessToken") && FILE=README.md &&
    NEW=$(curl -sS ${apiUrl}/v1/documents -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
      -d "{\\"name\\":\\"$FILE\\",\\"contentType\\":\\"text/markdown\\",\\"size\\":$(wc -c < $FILE | tr -d ' ')}") &&
    echo "$NEW" | node -e 'const {upload: u} = JSON.parse(require("fs").readFileSync(0)); console.log(["url = " + JSON.stringify(u.url), ...Object.entries(u.headers).map(([n, v]) => "header = " + JSON.stringify(n + ": " + v))].join("\\n"))' |
      curl -sS --fail -X PUT --data-binary @$FILE -K - &&
    curl -sS -X POST -H "Authorization: Bearer $TOKEN" "${apiUrl}/v1/documents/$(echo "$NEW" | node -p 'JSON.parse(require("fs").readFileSync(0)).document.id')/upload/complete"`;
