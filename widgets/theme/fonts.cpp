#include "widgets/theme/fonts.h"

#include <QStringList>

namespace nova::theme {
namespace {

struct Spec {
    int pixels;
    QFont::Weight weight;
    bool mono;
};

Spec specOf(Type type) {
    switch (type) {
        case Type::Hint: return {11, QFont::Normal, false};
        case Type::Control: return {12, QFont::Normal, false};
        case Type::Body: return {13, QFont::Normal, false};
        case Type::Title: return {15, QFont::DemiBold, false};
        case Type::Figure: return {20, QFont::DemiBold, false};
        case Type::Hero: return {28, QFont::DemiBold, false};
        case Type::Mono:
        case Type::MonoTable: return {12, QFont::Normal, true};
        case Type::MonoHex: return {11, QFont::Normal, true};
    }
    Q_UNREACHABLE();
}

QFont make(int pixels, QFont::Weight weight, bool mono) {
    static const QStringList text{QStringLiteral("Inter"),
                                  QStringLiteral("Noto Sans"),
                                  QStringLiteral("DejaVu Sans"),
                                  QStringLiteral("Noto Sans CJK SC"),
                                  QStringLiteral("WenQuanYi Micro Hei"),
                                  QStringLiteral("sans-serif")};
    static const QStringList code{QStringLiteral("JetBrains Mono"), QStringLiteral("DejaVu Sans Mono"),
                                  QStringLiteral("Noto Sans Mono CJK SC"), QStringLiteral("monospace")};
    QFont font;
    font.setFamilies(mono ? code : text);
    font.setPixelSize(pixels);
    font.setWeight(weight);
    font.setHintingPreference(QFont::PreferNoHinting);
    if (mono) {
        font.setStyleHint(QFont::Monospace);
        font.setStyleStrategy(QFont::PreferNoShaping);  // no ligatures: != must stay two characters
    }
    return font;
}

}  // namespace

QFont font(Type type) {
    const Spec spec = specOf(type);
    return make(spec.pixels, spec.weight, spec.mono);
}

QFont font(Type type, QFont::Weight weight) {
    const Spec spec = specOf(type);
    return make(spec.pixels, weight, spec.mono);
}

}  // namespace nova::theme
