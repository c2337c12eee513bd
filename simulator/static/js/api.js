/** The control API of the simulator, as far as a phone needs it. */

export async function call(path, body) {
  const options = body === undefined ? {} : {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  };
  const response = await fetch(`/control${path}`, options);
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error || `The simulator answered ${response.status}`);
  return answer;
}

export const phones = () => call("/phones");
export const addPhone = (phone) => call("/phones", phone);
export const messages = (waId) => call(`/phones/${waId}/messages`).then((answer) => answer.messages);
export const send = (waId, order) => call(`/phones/${waId}/send`, order);
export const markRead = (waId, upTo) => call(`/phones/${waId}/read`, { up_to: upTo });

/** Every change as it happens; the browser connects again by itself when the simulator was away. */
export function listen(onEvent, onLost) {
  const source = new EventSource("/control/events");
  source.onmessage = (message) => onEvent(JSON.parse(message.data));
  source.onerror = onLost;
}
