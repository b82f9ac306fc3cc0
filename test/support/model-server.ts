import { once } from 'node:events';
import http from 'node:http';
import type net from 'node:net';
import { json } from 'node:stream/consumers';

/** Stands in for a model: has the agent that asks it run given commands, one after the other, and then says that it is done. */
export interface ModelServer {
  /** What an agent calls the base URL of an OpenAI-compatible provider. */
  url: string;
  /** What the agent has sent back for each command so far, as it words it. */
  outputs(): string[];
  close(): Promise<void>;
}

/** The part of a request for chat completions that matters here: https://platform.openai.com/docs/api-reference/chat. */
interface ChatRequest {
  model: string;
  messages: { role: string; content: string | { text: string }[] }[];
  tools?: { function: { name: string } }[];
}

/** @param tool The name of the agent's tool that takes a `command` for a shell. */
export async function createModelServer(tool: string, commands: string[]): Promise<ModelServer> {
  let outputs: string[] = [];
  const server = http.createServer((request, response) => {
    json(request).then(
      (body) => {
        const chat = body as ChatRequest;
        const answered = outputsIn(chat);
        if (answered.length > outputs.length) outputs = answered;
        const command = hasTool(chat, tool) ? commands[answered.length] : undefined;
        const delta =
          command === undefined ? { content: 'Done.' } : { tool_calls: [toolCall(tool, command, answered)] };
        stream(response, chat.model, delta);
      },
      () => response.writeHead(400).end(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as net.AddressInfo).port}/v1`,
    outputs: () => outputs,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function outputsIn({ messages }: ChatRequest): string[] {
  return messages
    .filter(({ role }) => role === 'tool')
    .map(({ content }) => (typeof content === 'string' ? content : content.map(({ text }) => text).join('')));
}

function hasTool({ tools }: ChatRequest, tool: string): boolean {
  return tools?.some((offered) => offered.function.name === tool) ?? false;
}

function toolCall(name: string, command: string, answered: string[]): object {
  const call = { name, arguments: JSON.stringify({ command }) };
  return { index: 0, id: `call-${answered.length}`, type: 'function', function: call };
}

function stream(response: http.ServerResponse, model: string, delta: object): void {
  const finish_reason = 'tool_calls' in delta ? 'tool_calls' : 'stop';
  const chunks = [
    { delta: { role: 'assistant', ...delta }, finish_reason: null },
    { delta: {}, finish_reason },
  ].map((choice) => ({
    id: 'chat',
    object: 'chat.completion.chunk',
    created: 0,
    model,
    choices: [{ index: 0, ...choice }],
  }));
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const chunk of chunks) response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  response.end('data: [DONE]\n\n');
}
