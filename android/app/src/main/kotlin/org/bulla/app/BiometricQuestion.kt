package org.bulla.app

import android.content.Context
import android.hardware.biometrics.BiometricManager
import android.hardware.biometrics.BiometricManager.Authenticators.BIOMETRIC_STRONG
import android.hardware.biometrics.BiometricPrompt
import android.os.Build
import android.os.CancellationSignal
import androidx.annotation.RequiresApi
import java.util.concurrent.CompletableFuture
import javax.crypto.Cipher
import org.bulla.ui.words.Words

/** The system's own dialog for a finger or a face, with a button for the PIN. */
@RequiresApi(Build.VERSION_CODES.R)
class BiometricQuestion(private val context: Context, private val words: () -> Words) : OwnerQuestion {
    override fun ask(cipher: Cipher): Cipher? {
        val answer = CompletableFuture<Cipher?>()
        val (words, main) = words() to context.mainExecutor
        main.execute {
            val prompt = BiometricPrompt.Builder(context)
                .setTitle(words.lockedTitle)
                .setAllowedAuthenticators(BIOMETRIC_STRONG)
                .setNegativeButton(words.ownerPin, main) { _, _ -> answer.complete(null) }
                .build()
            prompt.authenticate(BiometricPrompt.CryptoObject(cipher), CancellationSignal(), main, Answer(answer))
        }
        return answer.get()
    }

    private class Answer(private val answer: CompletableFuture<Cipher?>) : BiometricPrompt.AuthenticationCallback() {
        override fun onAuthenticationSucceeded(result: BiometricPrompt.AuthenticationResult) {
            answer.complete(result.cryptoObject?.cipher)
        }

        override fun onAuthenticationError(code: Int, text: CharSequence?) {
            answer.complete(null)
        }
    }
}

/** Whether the owner has set up a finger or a face that the phone holds for strong. */
@RequiresApi(Build.VERSION_CODES.R)
fun Context.knowsItsOwner(): Boolean =
    getSystemService(BiometricManager::class.java)?.canAuthenticate(BIOMETRIC_STRONG) == BiometricManager.BIOMETRIC_SUCCESS
