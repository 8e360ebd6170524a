package dev.aidb.operation;

import dev.aidb.operation.RecordShape.Component;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Negative;
import jakarta.validation.constraints.NegativeOrZero;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds what is missing from declarations, so that all of it is said at once. */
final class DeclarationFaults {
  private static final java.util.regex.Pattern SNAKE_CASE =
      java.util.regex.Pattern.compile("[a-z][a-z0-9]*(_[a-z0-9]+)*");
  private static final java.util.regex.Pattern ROUTE =
      java.util.regex.Pattern.compile("(/[A-Za-z0-9._-]+|/\\{[a-z0-9_]+\\})+");
  private static final List<Class<? extends Annotation>> LOWER_BOUNDS =
      List.of(Min.class, DecimalMin.class, Positive.class, PositiveOrZero.class);
  private static final List<Class<? extends Annotation>> UPPER_BOUNDS =
      List.of(Max.class, DecimalMax.class, Negative.class, NegativeOrZero.class);
  private static final int MAX_NAME = 64;
  private static final int MAX_LINE = 200;

  private final List<String> faults = new ArrayList<>();
  private final Set<Class<?>> inputs = new HashSet<>();
  private final Set<Class<?>> outputs = new HashSet<>();

  private DeclarationFaults() {}

  static List<String> among(List<Operation<?, ?>> operations) {
    DeclarationFaults found = new DeclarationFaults();
    Set<String> names = new HashSet<>();
    Set<String> routes = new HashSet<>();
    for (Operation<?, ?> operation : operations) {
      if (!names.add(operation.name())) {
        found.add(operation.name(), "the name is taken");
      }
      String route = operation.method() + " " + operation.path().replaceAll("\\{[^/}]*\\}", "{}");
      if (!routes.add(route)) {
        found.add(operation.name(), "the route " + route + " is taken");
      }
      found.checkOperation(operation);
    }
    return found.faults;
  }

  private void checkOperation(Operation<?, ?> operation) {
    String name = operation.name();
    if (!SNAKE_CASE.matcher(name).matches() || name.length() > MAX_NAME) {
      add(name, "the name is not snake_case of at most " + MAX_NAME + " characters");
    }
    line(name, "category", operation.category());
    line(name, "title", operation.title());
    line(name, "summary", operation.summary());
    if (!ROUTE.matcher(operation.path()).matches()) {
      add(name, "the path is not a route such as /documents/{id}");
    }
    if (operation.cost() < 0) {
      add(name, "the cost is negative");
    }
    if (!operation.deadline().isPositive()) {
      add(name, "the deadline is not positive");
    }
    if (operation.statuses().isEmpty()
        || operation.statuses().stream().anyMatch(status -> status < 200 || status > 599)) {
      add(name, "the statuses are not HTTP statuses");
    }
    if (operation.streams() && operation.method() != Operation.Method.POST) {
      add(name, "a stream needs POST");
    }
    checkAudit(operation);
    checkRoute(operation);
    checkInput(operation.input());
    checkOutput(operation.output());
  }

  private void checkAudit(Operation<?, ?> operation) {
    boolean administrates =
        operation.scope() == Scope.ADMIN && !operation.traits().contains(Operation.Trait.READ_ONLY);
    boolean destroys = operation.traits().contains(Operation.Trait.DESTRUCTIVE);
    if ((administrates || destroys) && operation.audit().isEmpty()) {
      add(operation.name(), "it destroys or administrates and isn't audited");
    }
    if (operation.streams() && operation.audit().isPresent()) {
      add(operation.name(), "a stream can't be audited");
    }
  }

  private void line(String where, String what, String text) {
    if (text.isBlank()) {
      add(where, "the " + what + " is missing");
    } else if (text.lines().count() != 1 || text.length() > MAX_LINE) {
      add(where, "the " + what + " is not one line of at most " + MAX_LINE + " characters");
    }
  }

  private void checkRoute(Operation<?, ?> operation) {
    List<Component> components = RecordShape.of(operation.input()).components();
    Set<String> known = components.stream().map(Component::name).collect(Collectors.toSet());
    List<String> variables = Route.variables(operation.path());
    for (String variable : variables) {
      if (!known.contains(variable)) {
        add(operation.name(), "the path's {" + variable + "} is not a component of the input");
      }
    }
    if (operation.streams() && !variables.isEmpty()) {
      add(operation.name(), "a stream's path can't have variables");
    }
    for (Component component : components) {
      boolean inPath = variables.contains(component.name());
      boolean textual = inPath || !Route.hasBody(operation);
      if (textual && !isTextual(component.typed().shape(), inPath)) {
        add(operation.name(), component.name() + " can't be written in the path or the query");
      }
      if (inPath && component.defaultText() != null) {
        add(operation.name(), component.name() + " is in the path and can't have a default");
      }
    }
  }

  private static boolean isTextual(Shape shape, boolean single) {
    return switch (shape) {
      case Shape.Text s -> true;
      case Shape.Truth s -> true;
      case Shape.Whole s -> true;
      case Shape.Real s -> true;
      case Shape.Id s -> true;
      case Shape.Moment s -> true;
      case Shape.Choice s -> true;
      case Shape.Items items -> !single && isTextual(items.element().shape(), true);
      case Shape.Span s -> false;
      case Shape.Vector s -> false;
      case Shape.Nested s -> false;
      case Shape.FreeObject s -> false;
      case Shape.MapOf s -> false;
      case Shape.Anything s -> false;
      case Shape.Maybe s -> false;
      case Shape.Unsupported s -> false;
    };
  }

  private void checkInput(Class<?> record) {
    if (!inputs.add(record)) {
      return;
    }
    describe(record);
    for (Component component : RecordShape.of(record).components()) {
      String where = record.getSimpleName() + "." + component.javaName();
      describe(where, component);
      bound(where, component.typed());
      checkDefault(where, component);
      if (component.defaultText() == null
          && !component.required()
          && !Schemas.isNullable(component)) {
        add(where, "is neither @NotNull nor @Nullable and has no @Default");
      }
    }
  }

  private void checkDefault(String where, Component component) {
    if (component.defaultText() == null) {
      return;
    }
    try {
      Object value = Binding.defaultOf(component);
      if (!Constraints.check("", RecordShape.of(declaring(component)), component, value)
          .isEmpty()) {
        add(where, "the @Default breaks the component's own rules");
      }
    } catch (IllegalArgumentException | IllegalStateException e) {
      add(where, "the @Default is not a value of the component's type");
    }
  }

  private static Class<?> declaring(Component component) {
    return ((java.lang.reflect.Field) component.typed().rules()).getDeclaringClass();
  }

  private void bound(String where, Shape.Typed typed) {
    AnnotatedElement rules = typed.rules();
    switch (typed.shape()) {
      case Shape.Text text -> boundText(where, rules);
      case Shape.Whole whole -> boundNumber(where, rules);
      case Shape.Real real -> boundNumber(where, rules);
      case Shape.Vector vector -> {
        boundSize(where, rules);
        if (!rules.isAnnotationPresent(FiniteVector.class)) {
          add(where, "a vector needs @FiniteVector");
        }
      }
      case Shape.Items items -> {
        if (!(items.distinct() && items.element().shape() instanceof Shape.Choice)) {
          boundSize(where, rules);
        }
        bound(where + "[]", items.element());
      }
      case Shape.Nested nested -> checkInput(nested.type());
      case Shape.FreeObject free -> boundJson(where, rules);
      case Shape.Anything any -> boundJson(where, rules);
      case Shape.Truth s -> {}
      case Shape.Id s -> {}
      case Shape.Moment s -> {}
      case Shape.Choice s -> {}
      case Shape.Span s -> add(where, "an input can't have a Duration");
      case Shape.MapOf s -> add(where, "an input's map must be a Map<String, Object>");
      case Shape.Maybe s -> add(where, "an input's absence is @Nullable, not Optional");
      case Shape.Unsupported s -> add(where, s.type() + " has no JSON form");
    }
  }

  private void boundText(String where, AnnotatedElement rules) {
    if (rules.isAnnotationPresent(Size.class)) {
      add(where, "@Size counts UTF-16 units; use @Characters");
    }
    if (!rules.isAnnotationPresent(Characters.class)) {
      add(where, "a text needs @Characters(max)");
    }
    Pattern pattern = rules.getAnnotation(Pattern.class);
    if (pattern != null && pattern.flags().length > 0) {
      add(where, "a pattern's flags can't be written in a schema");
    }
  }

  private void boundNumber(String where, AnnotatedElement rules) {
    if (!hasAny(rules, LOWER_BOUNDS)) {
      add(where, "a number needs a lower bound (@Min, @DecimalMin)");
    }
    if (!hasAny(rules, UPPER_BOUNDS)) {
      add(where, "a number needs an upper bound (@Max, @DecimalMax)");
    }
  }

  private void boundSize(String where, AnnotatedElement rules) {
    Size size = rules.getAnnotation(Size.class);
    if (size == null || size.max() == Integer.MAX_VALUE) {
      add(where, "a list needs @Size(max)");
    }
  }

  private void boundJson(String where, AnnotatedElement rules) {
    if (!rules.isAnnotationPresent(JsonBounds.class)) {
      add(where, "free-form JSON needs @JsonBounds");
    }
  }

  private static boolean hasAny(AnnotatedElement rules, List<Class<? extends Annotation>> types) {
    return types.stream().anyMatch(rules::isAnnotationPresent);
  }

  private void checkOutput(Class<?> type) {
    checkOutput(type.getSimpleName(), Schemas.typed(type).shape());
  }

  private void checkOutput(String where, Shape shape) {
    switch (shape) {
      case Shape.Nested nested -> checkOutputRecord(nested.type());
      case Shape.Items items -> checkOutput(where + "[]", items.element().shape());
      case Shape.MapOf map -> checkOutput(where + "{}", map.value().shape());
      case Shape.Maybe maybe -> checkOutput(where, maybe.inner().shape());
      case Shape.Unsupported s -> add(where, s.type() + " has no JSON form");
      case Shape.Text s -> {}
      case Shape.Truth s -> {}
      case Shape.Whole s -> {}
      case Shape.Real s -> {}
      case Shape.Id s -> {}
      case Shape.Moment s -> {}
      case Shape.Span s -> {}
      case Shape.Choice s -> {}
      case Shape.Vector s -> {}
      case Shape.FreeObject s -> {}
      case Shape.Anything s -> {}
    }
  }

  private void checkOutputRecord(Class<?> record) {
    if (!outputs.add(record)) {
      return;
    }
    describe(record);
    for (Component component : RecordShape.of(record).components()) {
      String where = record.getSimpleName() + "." + component.javaName();
      describe(where, component);
      checkOutput(where, component.typed().shape());
    }
  }

  private void describe(Class<?> record) {
    describe(record.getSimpleName(), record.getAnnotation(Description.class));
  }

  private void describe(String where, Component component) {
    describe(where, component.typed().rules().getAnnotation(Description.class));
    if (!SNAKE_CASE.matcher(component.name()).matches()) {
      add(where, "the field name is not snake_case");
    }
  }

  private void describe(String where, @Nullable Description description) {
    if (description == null || description.value().isBlank()) {
      add(where, "the description is missing");
    }
  }

  private void add(String where, String what) {
    String fault = (where.isBlank() ? "(unnamed)" : where) + ": " + what;
    if (!faults.contains(fault)) {
      faults.add(fault);
    }
  }
}
