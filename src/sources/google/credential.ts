import { type CryptoKey, importPKCS8 } from 'jose';
import { z } from 'zod';
import { Failure } from '../../core/failure.ts';
import { parsedText } from '../../http/read-json.ts';

const keyFile = z.object({
  client_email: z.string().min(1),
  private_key: z.string().min(1),
  private_key_id: z.string().optional(),
});

/** What signs an assertion in the name of a service account. */
export type ServiceAccount = { readonly email: string; readonly key: CryptoKey; readonly keyId: string | undefined };

/** Reads the JSON key of a service account as Google hands it out. */
export const readServiceAccount = async (text: string, party: string): Promise<ServiceAccount> => {
  const parsed = keyFile.safeParse(parsedText(text));
  try {
    if (parsed.success) {
      const { client_email: email, private_key: pem, private_key_id: keyId } = parsed.data;
      return { email, key: await importPKCS8(pem, 'RS256'), keyId };
    }
  } catch {
    // Said below, without what the text holds.
  }
  throw new Failure(
    'config',
    'The key of the service account cannot be used: it is not the JSON file that Google issues.',
    {
      party,
      remedy: 'auth.serviceAccount must point to the whole JSON key file with client_email and private_key.',
    },
  );
};
