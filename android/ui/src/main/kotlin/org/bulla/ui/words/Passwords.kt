package org.bulla.ui.words

import org.bulla.model.PasswordHint
import org.bulla.model.PasswordPolicy

/** How good a password of this score is, of 0 to 4. */
fun Words.strength(score: Int): String = when (score) {
    0 -> strengthWorst
    1 -> strengthWeak
    2 -> strengthFair
    3 -> strengthGood
    else -> strengthBest
}

/** Why it is not better, or what would make it so. */
fun Words.hint(hint: PasswordHint): String = when (hint) {
    PasswordHint.COMMON -> hintCommon
    PasswordHint.PERSONAL -> hintPersonal
    PasswordHint.NAME -> hintName
    PasswordHint.WORD -> hintWord
    PasswordHint.KEYBOARD_ROW -> hintKeyboard
    PasswordHint.REPEATS -> hintRepeats
    PasswordHint.SEQUENCE -> hintSequence
    PasswordHint.DATE -> hintDate
    PasswordHint.SHORT -> hintShort
    PasswordHint.ADD_WORDS -> hintAddWords
}

/** What a password has to be, a line each. */
fun Words.demands(policy: PasswordPolicy): List<String> = listOfNotNull(
    demandLength(policy.minLength.toInt()).takeIf { policy.minLength > 0u },
    demandDigit.takeIf { policy.digit },
    demandSymbol.takeIf { policy.symbol },
    demandLower.takeIf { policy.lower },
    demandUpper.takeIf { policy.upper },
    demandStrength(strength(policy.strength.toInt())).takeIf { policy.strength > 0u },
)
