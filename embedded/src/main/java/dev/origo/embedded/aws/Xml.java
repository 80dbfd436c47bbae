package dev.origo.embedded.aws;

import dev.origo.embedded.aws.Call.Family;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.util.SdkAutoConstructList;
import software.amazon.awssdk.utils.DateUtils;

/// Answers and refusals as the two services write them. Source: "AWS Query protocol" and "EC2 Query
/// protocol" of Smithy, response and error serialization.
///
/// Thread rule: not shared.
final class Xml {
    private final StringBuilder text = new StringBuilder();

    private Xml() {}

    /// A list at the top is written even when it is empty: clients index it without looking.
    static String answer(Family family, String action, SdkPojo response, String requestId) {
        Xml xml = new Xml();
        String root = action + "Response";
        switch (family) {
            case ELB -> {
                String namespace = "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/";
                xml.open(root + " xmlns=\"" + namespace + "\"").open(action + "Result");
                xml.members(response, true).close(action + "Result").open("ResponseMetadata");
                xml.leaf("RequestId", requestId).close("ResponseMetadata").close(root);
            }
            case EC2 -> {
                xml.open(root + " xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"");
                xml.leaf("requestId", requestId).members(response, true);
                if (response.sdkFields().isEmpty()) {
                    xml.leaf("return", "true");
                }
                xml.close(root);
            }
        }
        return xml.text.toString();
    }

    static String refusal(Family family, int status, AwsErrorDetails refusal, String requestId) {
        Xml xml = new Xml();
        String code = refusal.errorCode();
        String message = String.valueOf(refusal.errorMessage());
        switch (family) {
            case ELB -> {
                xml.open("ErrorResponse").open("Error");
                xml.leaf("Type", status < 500 ? "Sender" : "Receiver").leaf("Code", code);
                xml.leaf("Message", message).close("Error").leaf("RequestId", requestId);
                xml.close("ErrorResponse");
            }
            case EC2 -> {
                xml.open("Response").open("Errors").open("Error").leaf("Code", code);
                xml.leaf("Message", message).close("Error").close("Errors");
                xml.leaf("RequestID", requestId).close("Response");
            }
        }
        return xml.text.toString();
    }

    private Xml members(SdkPojo thing, boolean top) {
        for (SdkField<?> field : thing.sdkFields()) {
            Optional.<Object>ofNullable(field.getValueOrDefault(thing))
                    .filter(value -> top || !(value instanceof SdkAutoConstructList<?>))
                    .ifPresent(value -> element(field.unmarshallLocationName(), field, value));
        }
        return this;
    }

    private void element(String name, SdkField<?> field, Object value) {
        switch (value) {
            case List<?> items -> list(name, field.getRequiredTrait(ListTrait.class), items);
            case SdkPojo pojo -> open(name).members(pojo, false).close(name);
            case Instant time -> leaf(name, DateUtils.formatIso8601Date(time));
            default -> leaf(name, value.toString());
        }
    }

    private void list(String name, ListTrait trait, List<?> items) {
        String item = Objects.requireNonNullElse(trait.memberLocationName(), "member");
        open(name);
        items.forEach(one -> element(item, trait.memberFieldInfo(), one));
        close(name);
    }

    private Xml open(String name) {
        text.append('<').append(name).append('>');
        return this;
    }

    private Xml close(String name) {
        return open("/" + name.replaceFirst(" .*", ""));
    }

    private Xml leaf(String name, String value) {
        open(name);
        value.codePoints().forEach(this::character);
        return close(name);
    }

    /// What XML cannot carry becomes U+FFFD. Source: XML 1.0, section 2.2, Char.
    private void character(int c) {
        boolean control = c < ' ' && c != '\t' && c != '\n' && c != '\r';
        boolean possible = !control && !(c >= 0xD800 && c <= 0xDFFF) && c != 0xFFFE && c != 0xFFFF;
        switch (c) {
            case '&' -> text.append("&amp;");
            case '<' -> text.append("&lt;");
            case '>' -> text.append("&gt;");
            case '\r' -> text.append("&#13;");
            default -> text.appendCodePoint(possible ? c : 0xFFFD);
        }
    }
}
